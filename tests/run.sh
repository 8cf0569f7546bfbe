#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs what is missing, builds, and runs every test. See docs/testing.md.
set -u

usage() {
  cat <<'END'
Usage: sh tests/run.sh [OPTION]...

Installs what is missing, builds everything with gcc and with clang, runs every
test, then builds and tests in a Debian 13. Needs Debian 12 or 13, root or sudo,
and the package registries of Debian and npm.

  --quick        unit and element tests only, with gcc only: under two minutes
  --suite NAME   one suite: unit, element, call or interop (can be repeated)
  --setup NAME   under an instrument: leaks, asan, tsan or valgrind
  --fuzz         only the fuzz targets, a minute each, with clang and sanitizers
  --no-trixie    without Debian 13
  --help         this text

The last line is "N passed, N failed, N skipped"; the exit code is 0 only if
nothing failed. A test may be skipped only for want of something in the kernel.
END
}

quick='' suites='' setup='' fuzz='' trixie=yes
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=yes ;;
    --no-trixie) trixie= ;;
    --fuzz) fuzz=yes ;;
    --suite | --setup)
      [ $# -gt 1 ] || { echo "$1 needs a name; see --help" >&2; exit 2; }
      case $1:$2 in
        --suite:unit | --suite:element | --suite:call | --suite:interop)
          suites="$suites $2" ;;
        --setup:leaks | --setup:asan | --setup:tsan | --setup:valgrind)
          setup=$2 ;;
        *) echo "There is no $1 $2; see --help" >&2; exit 2 ;;
      esac
      shift ;;
    --help | -h) usage; exit 0 ;;
    *) echo "Unknown option $1; see --help" >&2; exit 2 ;;
  esac
  shift
done
if [ -n "$quick" ] && [ -z "$suites" ]; then
  suites=' unit element'
fi

top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
cd "$top" || exit 1
. tools/packages.sh

logs=$top/_build-logs
rm -rf "$logs" && mkdir -p "$logs" || exit 1
passed=0 failed=0 skipped=0
begun=$(date +%s)

finish() {
  echo "Took $(($(date +%s) - begun)) s; logs are in ${logs#"$top"/}"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
  exit
}

heading() { printf '\n== %s\n' "$*"; }

# A stage is one test of its own: step NAME COMMAND... ; its output goes to a log.
step() {
  name=$1
  shift
  log=$logs/$(printf %s "$name" | tr -c 'a-zA-Z0-9\n' -).log
  if "$@" >"$log" 2>&1; then
    echo "ok    $name"
    passed=$((passed + 1))
  else
    tail -n 40 "$log"
    echo "FAIL  $name"
    failed=$((failed + 1))
    return 1
  fi
}

# Adds the results in a testlog.json to the sum.
add_up() {
  python3 tests/count-results.py "$1" >"$logs/counts" || {
    failed=$((failed + 1))
    return
  }
  sed '$d' "$logs/counts"
  read -r p f s <<END
$(tail -n 1 "$logs/counts")
END
  echo "$p passed, $f failed, $s skipped"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# What failing tests said, out of what meson test printed.
show_failures() {
  sed -n '/^No suitable tests/p; /^>>> /,/^Summary of Failures/p' "$1" |
    head -n 200
}

# meson_tests DIR NAME ARGS...: runs tests, shows what failed, adds up.
meson_tests() {
  dir=$1 base=$2
  shift 2
  rm -f "$dir/meson-logs/$base"*
  meson test -C "$dir" --no-rebuild --logbase "$base" --print-errorlogs "$@" \
    >"$logs/$base.log" 2>&1 || show_failures "$logs/$base.log"
  add_up "$dir/meson-logs/$base${setup:+-gst-roomcall_$setup}.json"
}

# The suites of one build folder. Calls and browsers are timed: one at a time.
run_suites() {
  dir=$1
  if [ -z "$suites" ]; then
    heading "Tests: unit, element"
    meson_tests "$dir" run-pure ${setup:+--setup "gst-roomcall:$setup"} \
      --no-suite call --no-suite interop
    for suite in call interop; do
      heading "Tests: $suite"
      meson_tests "$dir" "run-$suite" ${setup:+--setup "gst-roomcall:$setup"} \
        --suite "$suite" --num-processes 1
    done
    return
  fi
  for suite in $suites; do
    heading "Tests: $suite"
    case $suite in
      call | interop) set -- --num-processes 1 ;;
      *) set -- ;;
    esac
    meson_tests "$dir" "run-$suite" ${setup:+--setup "gst-roomcall:$setup"} \
      --suite "$suite" "$@"
  done
}

configure() {
  dir=$1
  shift
  if [ -f "$dir/build.ninja" ]; then
    meson setup --reconfigure "$dir" "$@"
  else
    meson setup "$dir" "$@"
  fi
}

# Everything on, and a warning is an error.
build() {
  configure "$@" -Dwerror=true -Dauto_features=enabled -Dtests=enabled &&
    ninja -C "$1"
}

build_clang() {
  CC=clang build "$@"
}

# Foreign plugins leak when they are looked at: that is not for us to find.
# update_registry DIR VARIABLE=VALUE...
update_registry() {
  dir=$1
  shift
  meson devenv -C "$dir" env "GST_REGISTRY=$top/$dir/tests/registry.bin" \
    GST_REGISTRY_FORK=no ASAN_OPTIONS=detect_leaks=0 "$@" \
    tests/common/update-registry
}

# npm packages by name, beside the build; tests find them in ROOMCALL_NPM.
# playwright-core 1.61 is the last one for the Node 18 of Debian 12.
npm_packages() {
  # shellcheck disable=SC2086 # a list of words
  install_modules _build-npm $scale_out_modules socket.io-client@4 \
    sio2@npm:socket.io@2.5.1 sio3@npm:socket.io@3.1.2 \
    sioc2@npm:socket.io-client@2.5.0 sioc3@npm:socket.io-client@3.1.3 ws@8 \
    playwright-core@~1.61.0 puppeteer-core@24 axe-core@~4.14.1
}

# The programs for libFuzzer alone: their sources are built for each of them.
build_fuzz() {
  CC=clang configure "$1" -Dfuzz=true -Dauto_features=enabled -Dtests=enabled \
    -Db_lundef=false &&
    ninja -C "$1" $(fuzz_programs "$1")
}

fuzz_programs() {
  ninja -C "$1" -t targets all | sed -n 's,^\(.*/fuzz-[a-z]*\): c_LINKER.*,\1,p'
}

# fuzz PROGRAM CORPUS...: for a minute. New inputs and findings go to a folder of
# their own; a finding belongs into the corpus.
fuzz_target() {
  findings=$top/_build-fuzz/findings/${1##*/}
  mkdir -p "$findings" &&
    G_SLICE=always-malloc "$@" -max_total_time=60 -max_len=70000 -timeout=20 \
      -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$findings/"
}

fuzz_corpus() {
  case $1 in
    sdpgate) echo tests/data/sdp/hostile tests/data/sdp/real ;;
    *) echo tests/fuzz/corpus-"$1" subprojects/*/tests/fuzz/corpus-"$1" ;;
  esac
}

run_fuzz_targets() {
  for program in $(fuzz_programs _build-fuzz); do
    name=${program##*/fuzz-} corpus=
    for folder in $(fuzz_corpus "$name"); do
      [ -d "$folder" ] && corpus="$corpus $folder"
    done
    mkdir -p "_build-fuzz/inputs/$name"
    # shellcheck disable=SC2086 # a list of words
    step "fuzz $name" fuzz_target "_build-fuzz/$program" \
      "_build-fuzz/inputs/$name" $corpus
  done
}

wants() {
  case "$suites " in
    ' ' | *" $1 "*) return 0 ;;
    *) return 1 ;;
  esac
}

heading "Packages"
# shellcheck disable=SC2046,SC2086 # lists of words
set -- $build_packages $call_packages $scene_packages $test_packages
[ "$setup" = valgrind ] && set -- "$@" valgrind
[ "$setup" = tsan ] && set -- "$@" $tsan_packages
if [ -z "$fuzz" ] && wants interop; then
  # shellcheck disable=SC2046,SC2086 # lists of words
  set -- "$@" $proxy_packages $scale_out_packages \
    $(missing_commands $interop_commands)
fi
step "packages" install_packages "$@" || finish
if [ -z "$fuzz" ] && wants interop; then
  step "npm packages" npm_packages
fi

if [ -n "$fuzz" ]; then
  heading "Fuzz targets, a minute each"
  step "build fuzz" build_fuzz _build-fuzz && run_fuzz_targets
  finish
fi

if [ "$setup" = asan ]; then
  heading "Build with sanitizers"
  step "build asan" build _build-asan -Db_sanitize=address,undefined \
    -Db_lundef=false || finish
  step "plugins" update_registry _build-asan || finish
  run_suites _build-asan
  finish
fi

if [ "$setup" = tsan ]; then
  heading "Build with ThreadSanitizer"
  step "build libraries" sh tests/tsan.sh build || finish
  step "build tsan" build_clang _build-tsan -Db_sanitize=thread \
    -Db_lundef=false || finish
  # shellcheck disable=SC2046 # a list of words
  step "plugins" update_registry _build-tsan $(sh tests/tsan.sh env) \
    TSAN_OPTIONS=report_bugs=0 || finish
  run_suites _build-tsan
  finish
fi

heading "Build"
step "build gcc" build _build || finish
step "plugins" update_registry _build || finish
run_suites _build
if [ -n "$suites$setup" ]; then
  finish
fi

heading "Other builds"
step "build clang" build_clang _build-clang
for element in audiospectrumviz socketiosignaller roomcallbin; do
  step "build without $element" build "_build-without/$element" \
    "-D$element=disabled"
done

if [ -n "$trixie" ]; then
  heading "Debian 13"
  if reason=$(sh tests/trixie.sh --can); then
    if step "trixie build" sh tests/trixie.sh build; then
      step "trixie install" sh tests/trixie.sh install
      sh tests/trixie.sh test >"$logs/trixie-test.log" 2>&1 ||
        show_failures "$logs/trixie-test.log"
      add_up _build-trixie/testlog.json
    fi
  else
    echo "SKIP  trixie: $reason"
    skipped=$((skipped + 1))
  fi
fi
finish
