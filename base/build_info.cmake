cmake_minimum_required(VERSION 3.25)
# cmake -D SOURCE_DIR -D OUTPUT -D VERSION -D COMPILER -D FLAGS -P build_info.cmake
# Writes build_info.cc. The file is touched only if its text changes, so that most builds need no new link. The environment
# variable WARPGAUGE_COMMIT names the commit of a copy without .git. Git is not asked then: the copy may lie in another repository.
if("$ENV{WARPGAUGE_COMMIT}" STREQUAL "")
  execute_process(COMMAND git -C ${SOURCE_DIR} describe --always --dirty --abbrev=40 --exclude=*
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed ERROR_QUIET)
  if(failed)
    set(commit unknown)
  endif()
elseif("$ENV{WARPGAUGE_COMMIT}" MATCHES "^[-0-9A-Za-z._+]+$")
  set(commit "$ENV{WARPGAUGE_COMMIT}")
else()
  message(FATAL_ERROR "WARPGAUGE_COMMIT is '$ENV{WARPGAUGE_COMMIT}'; it takes letters, digits and - . _ +")
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT "#include \"base/build_info.h\"

namespace warpgauge {

const char kVersion[] = \"@VERSION@\";
const char kCommit[] = \"@commit@\";
const char kCompiler[] = \"@COMPILER@\";
const char kCompilerFlags[] = \"@FLAGS@\";

}  // namespace warpgauge
")
