cmake_minimum_required(VERSION 3.25)
# cmake -D SOURCE_DIR -D OUTPUT -D VERSION -D COMPILER -D FLAGS -P build_info.cmake
# Writes build_info.cc, and touches it only when it changes: most builds need no new link.
execute_process(COMMAND git -C ${SOURCE_DIR} describe --always --dirty --abbrev=40 --exclude=*
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed ERROR_QUIET)
if(failed)
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT "#include \"bench/build_info.h\"

namespace warpgauge::bench {

const char kVersion[] = \"@VERSION@\";
const char kCommit[] = \"@commit@\";
const char kCompiler[] = \"@COMPILER@\";
const char kCompilerFlags[] = \"@FLAGS@\";

}  // namespace warpgauge::bench
")
