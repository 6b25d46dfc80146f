# warpgauge_cuda_architectures(OUTPUT ARCHITECTURES NATIVE): ARCHITECTURES as kernels must be compiled.
#
# Kernels for Hopper use instructions of sm_90a. Compiled for sm_90 they trap when launched, so 90 becomes 90a. `native`
# becomes NATIVE, the architectures of this machine's GPUs. `all` and `all-major` contain 90 and are refused.
function(warpgauge_cuda_architectures output architectures native)
  set(result "")
  foreach(architecture IN LISTS architectures)
    if(architecture STREQUAL "native")
      if(NOT native)
        message(FATAL_ERROR "CMAKE_CUDA_ARCHITECTURES is 'native', but this machine has no GPU; "
                            "name the architectures, for example 80-real;90a-real")
      endif()
      list(APPEND result ${native})
    elseif(architecture MATCHES "^(all|all-major|90-virtual)$")
      message(FATAL_ERROR "CMAKE_CUDA_ARCHITECTURES is '${architecture}', but code for sm_90 without suffix 'a' traps on "
                          "Hopper; name the architectures, for example 80-real;90a-real")
    else()
      list(APPEND result ${architecture})
    endif()
  endforeach()
  list(TRANSFORM result REPLACE "^90(-real)?$" "90a-real")
  list(REMOVE_DUPLICATES result)
  set(${output} "${result}" PARENT_SCOPE)
endfunction()
