# What we build on: the distribution's packages first, their sources as the fallback elsewhere.
include(FetchContent)

find_package(Threads REQUIRED)

FetchContent_Declare(CLI11 GIT_REPOSITORY https://github.com/CLIUtils/CLI11.git GIT_TAG v2.3.2
                     FIND_PACKAGE_ARGS NAMES CLI11)
FetchContent_Declare(nlohmann_json GIT_REPOSITORY https://github.com/nlohmann/json.git GIT_TAG v3.11.3
                     FIND_PACKAGE_ARGS NAMES nlohmann_json)
FetchContent_MakeAvailable(CLI11 nlohmann_json)

find_package(Boost 1.74 REQUIRED)  # headers only: Boost.Math
if(NOT WARPGAUGE_COMPARE_ONLY)
  set(BENCHMARK_ENABLE_TESTING OFF)
  FetchContent_Declare(benchmark GIT_REPOSITORY https://github.com/google/benchmark.git GIT_TAG v1.8.3
                       FIND_PACKAGE_ARGS NAMES benchmark)
  FetchContent_MakeAvailable(benchmark)
  find_package(OpenMP REQUIRED COMPONENTS CXX)
  find_package(OpenBLAS REQUIRED)
  if(NOT TARGET OpenBLAS::OpenBLAS)  # Debian's package sets variables only
    add_library(OpenBLAS::OpenBLAS INTERFACE IMPORTED)
    target_include_directories(OpenBLAS::OpenBLAS SYSTEM INTERFACE ${OpenBLAS_INCLUDE_DIRS})
    target_link_libraries(OpenBLAS::OpenBLAS INTERFACE ${OpenBLAS_LIBRARIES})
  endif()
endif()
if(WARPGAUGE_TESTS OR NOT WARPGAUGE_COMPARE_ONLY)
  FetchContent_Declare(googletest GIT_REPOSITORY https://github.com/google/googletest.git GIT_TAG v1.14.0
                       FIND_PACKAGE_ARGS NAMES GTest)
  FetchContent_MakeAvailable(googletest)
endif()
