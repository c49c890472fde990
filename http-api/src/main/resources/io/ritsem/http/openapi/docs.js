// Shows /openapi.json and lets one try it. All text goes in as text, never as HTML.

const api = await (await fetch("/openapi.json")).json();

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** `code` and **strong** in a sentence. */
function prose(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) =>
    part.startsWith("`") ? make("code", {}, part.slice(1, -1))
      : part.startsWith("**") ? make("strong", {}, part.slice(2, -2)) : part);
}

function resolve(node) {
  let found = node;
  while (found && found.$ref) {
    found = found.$ref.slice(2).split("/").reduce((at, name) => at[name], api);
  }
  return found;
}

function kindOf(schema) {
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  if (schema.oneOf) return "one of";
  const type = [schema.type].flat().join(" or ") || "anything";
  const bounds = [schema.minimum, schema.maximum].some((each) => each !== undefined) && !schema.format?.startsWith("int")
    ? ` ${schema.minimum ?? "…"} to ${schema.maximum ?? "…"}` : "";
  return type + (schema.format ? `, ${schema.format}` : "") + bounds;
}

function shape(schema, depth = 0) {
  const given = resolve(schema);
  if (depth > 6) return make("div", {}, "…");
  if (given.oneOf) {
    return make("div", { class: "shape" }, make("span", { class: "kind" }, "one of"),
      ...given.oneOf.map((each) => make("div", { class: "row variant" }, shape(each, depth + 1))));
  }
  if (given.properties) {
    return make("div", { class: "shape" }, ...Object.entries(given.properties).map(([name, property]) => {
      const inner = resolve(property);
      const nested = inner.properties || inner.oneOf || inner.type === "array";
      return make("div", { class: "row" }, make("span", { class: "name" }, name), " ",
        make("span", { class: "kind" }, inner.properties ? "object" : kindOf(inner),
          given.required?.includes(name) ? "" : ", optional"),
        inner.description ? make("span", { class: "quiet" }, " ", ...prose(inner.description)) : null,
        nested ? shape(inner.type === "array" ? inner.items : inner, depth + 1) : null);
    }));
  }
  return make("div", { class: "shape kind" }, kindOf(given));
}

function group(operation) {
  return operation.tags?.[0] ?? "";
}

function anchor(operation) {
  return operation.operationId.replaceAll(" ", "-");
}

/** Filters of one field share a row: the field, and a choice of operators. */
function rowsOf(parameters) {
  const rows = new Map();
  for (const parameter of parameters) {
    const field = parameter["x-field"];
    const key = field ? `filter ${field}` : `${parameter.in} ${parameter.name}`;
    rows.set(key, [...(rows.get(key) ?? []), parameter]);
  }
  return [...rows.values()];
}

function parameterRow(parameters, inputs) {
  const [first] = parameters;
  let name = first.name;
  const input = make("input", { "aria-label": name, placeholder: first.schema?.example ?? "", autocomplete: "off" });
  inputs.push(() => ({ where: first.in, name, value: input.value }));
  if (parameters.length === 1) {
    return make("tr", {}, make("td", {}, first.name),
      make("td", {}, make("span", { class: "quiet" }, first.in, first.required ? ", required. " : ". "),
        ...prose(first.description ?? "")),
      make("td", { class: "input" }, input));
  }
  const operators = make("select", { "aria-label": `${first["x-field"]}: operator`, onchange: () => { name = operators.value; } },
    ...parameters.map((each) => make("option", { value: each.name }, each.name)));
  return make("tr", {}, make("td", {}, operators),
    make("td", {}, make("span", { class: "quiet" }, "filter on ", make("code", {}, first["x-field"]))),
    make("td", { class: "input" }, input));
}

function requestOf(path, method, inputs, body) {
  let url = path;
  const query = new URLSearchParams();
  const headers = {};
  for (const { where, name, value } of inputs.map((read) => read())) {
    if (where === "path") url = url.replace(`{${name}}`, encodeURIComponent(value));
    else if (value !== "" && where === "query") query.append(name, value);
    else if (value !== "") headers[name] = value;
  }
  if (body) headers["Content-Type"] = body.type;
  const encoded = query.toString();
  return { url: encoded ? `${url}?${encoded}` : url, method, headers, body: body?.input.value };
}

function curl({ url, method, headers, body }) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  return ["curl", "-i", method === "GET" ? "" : `-X ${method}`, quoted(location.origin + url),
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    body ? `--data-binary ${quoted(body)}` : ""].filter(Boolean).join(" ");
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function send(request, result, button) {
  button.disabled = true;
  const started = performance.now();
  try {
    const answer = await fetch(request.url, { method: request.method, headers: request.headers, body: request.body });
    const text = await answer.text();
    const shown = ["etag", "consistency-token", "idempotency-replayed", "retry-after", "ritsem-view-lag", "link"]
      .filter((name) => answer.headers.has(name)).map((name) => `${name}: ${answer.headers.get(name)}`);
    result.replaceChildren(
      make("h3", {}, make("span", { class: `status ${answer.ok ? "good" : "bad"}` }, `${answer.status} `),
        make("span", { class: "quiet" }, `${Math.round(performance.now() - started)} ms`)),
      shown.length ? make("pre", {}, shown.join("\n")) : null, make("pre", {}, pretty(text)));
  } catch (failure) {
    result.replaceChildren(make("p", { class: "status bad" }, `No answer: ${failure.message}`));
  } finally {
    button.disabled = false;
  }
}

function bodyOf(operation) {
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (!type) return null;
  const example = typeof content.example === "string" ? content.example : JSON.stringify(content.example ?? {}, null, 2);
  const input = make("textarea", { "aria-label": "Body", spellcheck: "false" });
  input.value = example;
  return { type, content, input };
}

function responses(operation) {
  return make("table", {}, ...Object.entries(operation.responses).map(([status, response]) =>
    make("tr", {}, make("td", {}, status), make("td", {}, ...prose(resolve(response).description)))));
}

function inside(path, method, operation) {
  const inputs = [];
  const body = bodyOf(operation);
  const result = make("div", { "aria-live": "polite" });
  const request = () => requestOf(path, method, inputs, body);
  const button = make("button", { onclick: () => send(request(), result, button) }, "Send");
  const answer = resolve(operation.responses["200"])?.content;
  return make("div", { class: "inside" },
    operation.description ? make("p", {}, ...prose(operation.description)) : null,
    operation.parameters?.length ? make("h3", {}, "Parameters") : null,
    make("table", {}, ...rowsOf((operation.parameters ?? []).map(resolve)).map((row) => parameterRow(row, inputs))),
    body ? make("h3", {}, "Body ", make("span", { class: "quiet" }, body.type)) : null,
    body ? shape(body.content.schema) : null, body?.input,
    make("div", { class: "actions" }, button,
      make("button", { class: "plain", onclick: () => result.replaceChildren(make("pre", {}, curl(request()))) }, "As curl")),
    result,
    make("h3", {}, "Answers"), responses(operation),
    answer ? make("details", {}, make("summary", {}, "What a 200 looks like"), shape(Object.values(answer)[0].schema)) : null);
}

function article(path, method, operation) {
  const details = make("details", {},
    make("summary", {}, make("span", { class: `verb ${method.toLowerCase()}` }, method),
      make("span", { class: "path" }, path), make("span", { class: "what" }, operation.summary)));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(inside(path, method, operation));
  });
  return make("article", { id: anchor(operation) }, details);
}

function show() {
  document.title = `${api.info.title} – API reference`;
  document.getElementById("title").textContent = api.info.title.replace("Ritsem: ", "");
  const main = document.getElementById("main");
  const index = document.getElementById("index");
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })));
  main.replaceChildren(make("div", { class: "about" },
    ...api.info.description.trim().split("\n").filter(Boolean).map((line) => make("p", {}, ...prose(line.replace(/^- /, ""))))));
  for (const tag of api.tags) {
    const own = operations.filter(({ operation }) => group(operation) === tag.name);
    main.append(make("section", { class: "group" }, make("h2", {}, tag.name), make("p", { class: "quiet" }, tag.description),
      ...own.map(({ path, method, operation }) => article(path, method, operation))));
    index.append(make("div", { class: "tag" }, make("h2", {}, tag.name), ...own.map(({ path, method, operation }) =>
      make("a", { href: `#${anchor(operation)}`, title: path }, make("span", { class: `verb ${method.toLowerCase()}` }, method),
        path.split("/").at(-1).startsWith("{") ? `one by its ${path.split("/").at(-1).slice(1, -1)}` : path.split("/").at(-1)))));
  }
}

function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (const link of document.querySelectorAll("nav a")) link.classList.toggle("here", link.hash === location.hash);
  if (target) {
    target.querySelector("details").open = true;
    target.scrollIntoView();
  }
}

show();
openTarget();
addEventListener("hashchange", openTarget);
document.getElementById("find").addEventListener("input", ({ target }) => {
  const wanted = target.value.trim().toLowerCase();
  for (const link of document.querySelectorAll("nav a")) {
    link.hidden = !`${link.title} ${link.textContent}`.toLowerCase().includes(wanted);
  }
});
