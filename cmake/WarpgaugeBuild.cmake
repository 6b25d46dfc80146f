# How own code is compiled: language level, warnings as errors, builds that are equal bit by bit.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

option(WARPGAUGE_WERROR "Warnings end the build; OFF for a compiler that nobody has tried yet" ON)

# Linked by every target of ours, by nothing that we fetch.
add_library(warpgauge_build INTERFACE)
# Not CMAKE_CXX_STANDARD: CUDA sources would inherit it, and CMake 3.25 knows no C++20 dialect for nvcc 13.
target_compile_features(warpgauge_build INTERFACE cxx_std_20)
target_include_directories(warpgauge_build INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(warpgauge_build INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion>
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${WARPGAUGE_WERROR}>>:-Werror>
    # GCC 12 sees overlaps that are not there in std::string's operator+ (its bug 105651).
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-Wno-restrict>
    # Paths of the build machine would make two builds of one commit differ.
    $<$<COMPILE_LANGUAGE:CXX>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=>
    $<$<COMPILE_LANGUAGE:CXX>:-ffile-prefix-map=${PROJECT_BINARY_DIR}/=>)
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # With sanitizers GCC 12 takes std::regex's own variables for uninitialised (its bug 105562).
  target_compile_options(warpgauge_build INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized>)
endif()
