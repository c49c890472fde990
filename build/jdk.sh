# Finds an installed JDK 25 or newer; sourced by the scripts that start a JVM.

# Whether a folder is one.
is_jdk_25() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    local major
    major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
    [ "${major:-0}" -ge 25 ]
}

# The first one: what JAVA_HOME names, what is on the path, or where JDKs are usually put.
find_jdk() {
    local candidate on_path
    on_path=$(command -v javac || true)
    while [ -L "$on_path" ]; do
        local link
        link=$(readlink "$on_path")
        case $link in /*) on_path=$link ;; *) on_path=$(dirname "$on_path")/$link ;; esac
    done
    for candidate in "${JAVA_HOME:-}" "${on_path%/bin/javac}" /usr/lib/jvm/* /opt/* /opt/java/* /usr/java/* /usr/local/* \
        "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
        if [ -n "$candidate" ] && is_jdk_25 "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}
