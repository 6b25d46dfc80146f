# OpenBLAS::OpenBLAS, whichever way OpenBLAS came: Debian's configuration file sets variables only, and the sources know
# no usage requirements inside a build tree. From source: BLAS in C with single and double precision, for this machine.

set(BUILD_WITHOUT_LAPACK ON)
set(NOFORTRAN ON)
set(ONLY_CBLAS ON)
set(BUILD_SINGLE ON)
set(BUILD_DOUBLE ON)
FetchContent_Declare(OpenBLAS GIT_REPOSITORY https://github.com/OpenMathLib/OpenBLAS.git
                     GIT_TAG 6c77e5e314474773a7749357b153caba4ec3817d  # v0.3.26
                     FIND_PACKAGE_ARGS NAMES OpenBLAS)
FetchContent_MakeAvailable(OpenBLAS)

if(NOT TARGET OpenBLAS::OpenBLAS)
  add_library(OpenBLAS::OpenBLAS INTERFACE IMPORTED)
  if(TARGET openblas)
    target_include_directories(OpenBLAS::OpenBLAS SYSTEM INTERFACE ${PROJECT_BINARY_DIR} ${PROJECT_BINARY_DIR}/generated)
    target_link_libraries(OpenBLAS::OpenBLAS INTERFACE openblas)
  else()
    target_include_directories(OpenBLAS::OpenBLAS SYSTEM INTERFACE ${OpenBLAS_INCLUDE_DIRS})
    target_link_libraries(OpenBLAS::OpenBLAS INTERFACE ${OpenBLAS_LIBRARIES} Threads::Threads)
  endif()
endif()
