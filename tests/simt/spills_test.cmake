# cmake -DNVCC= -DSOURCE= -DINCLUDE= -DARCHITECTURES= -DLIMIT= -P spills_test.cmake: compiles a kernel. Fails if ptxas spills
# more than LIMIT bytes of registers in an instantiation, ignores setmaxnreg or serialises wgmma.
foreach(architecture IN LISTS ARCHITECTURES)
  string(REPLACE "-real" "" number ${architecture})
  execute_process(COMMAND ${NVCC} -std=c++20 --expt-relaxed-constexpr -I${INCLUDE} --resource-usage -cubin -o /dev/null
                          -gencode arch=compute_${number},code=sm_${number} ${SOURCE}
                  OUTPUT_VARIABLE report ERROR_VARIABLE report RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${SOURCE} does not compile for sm_${number}:\n${report}")
  endif()
  string(REGEX MATCHALL "[0-9]+ bytes spill stores" spills "${report}")
  list(LENGTH spills kernels)
  if(kernels EQUAL 0)
    message(FATAL_ERROR "${SOURCE}: the output of ptxas contains no resource usage:\n${report}")
  endif()
  foreach(spill IN LISTS spills)
    string(REGEX MATCH "^[0-9]+" bytes ${spill})
    if(bytes GREATER LIMIT)
      message(FATAL_ERROR "${SOURCE} spills ${bytes} bytes on sm_${number}, more than ${LIMIT}\n${report}")
    endif()
  endforeach()
  if(report MATCHES "'setmaxnreg' ignored|serialized")  # only a warning of ptxas
    message(FATAL_ERROR "${SOURCE}: ptxas ignores setmaxnreg or serialises wgmma on sm_${number}:\n${report}")
  endif()
  message(STATUS "sm_${number}: ${kernels} kernels, none spills more than ${LIMIT} bytes")
endforeach()
