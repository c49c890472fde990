# Runs one class of this room, with the arguments after it; sourced by the commands. Needs a JDK 25 and a built tree.
home=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$home/build/jdk.sh"
jdk=$(find_jdk) || {
    echo "bench: no JDK 25 was found: install one (such as temurin-25-jdk) or set JAVA_HOME" >&2
    exit 69
}
if [ ! -d "$home/node/target/lib" ] || [ ! -d "$home/bench/target/classes" ]; then
    echo "bench: not built yet; run 'mvn package -DskipTests' first" >&2
    exit 69
fi
cd "$home/bench"
main=$1
shift
export RITSEM_LOG_LEVEL=${RITSEM_LOG_LEVEL:-WARN}
exec "$jdk/bin/java" --sun-misc-unsafe-memory-access=allow \
    -cp "target/classes:$home/harness/target/classes:$home/node/target/classes:$home/node/target/lib/*:$home/examples/bank/target/classes${also:+:$also}" \
    "io.ritsem.bench.$main" "$@"
