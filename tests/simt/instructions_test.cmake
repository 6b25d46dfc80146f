# cmake -DNVCC= [-DCUOBJDUMP=] -DSOURCE= -DINCLUDE= -P instructions_test.cmake
# Checks that each sm_90a primitive compiles to its instruction, in PTX and in SASS (if there is a cuobjdump). Also checks that
# the source compiles for older architectures.
set(flags -std=c++20 --expt-relaxed-constexpr -I${INCLUDE})
function(compile output)
  execute_process(COMMAND ${NVCC} ${flags} ${ARGN} -o ${output} ${SOURCE}
                  RESULT_VARIABLE status OUTPUT_VARIABLE report ERROR_VARIABLE report)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${SOURCE} does not compile with ${ARGN}:\n${report}")
  endif()
  if(report MATCHES "setmaxnreg|serialized")  # only warnings of ptxas
    message(FATAL_ERROR "${SOURCE}: ptxas ignores setmaxnreg or serialises wgmma:\n${report}")
  endif()
endfunction()
function(expect_all text what)
  foreach(instruction IN LISTS ARGN)
    string(FIND "${text}" "${instruction}" at)
    if(at EQUAL -1)
      message(FATAL_ERROR "${SOURCE}: its ${what} does not contain ${instruction}")
    endif()
  endforeach()
  list(LENGTH ARGN count)
  message(STATUS "${what}: contains all ${count} instructions")
endfunction()

compile(instructions.ptx -ptx -gencode arch=compute_90a,code=compute_90a)
file(READ instructions.ptx ptx)
set(expected
    mbarrier.init.shared::cta.b64 mbarrier.inval.shared::cta.b64 fence.mbarrier_init.release.cluster
    mbarrier.arrive.shared::cta.b64 mbarrier.arrive.expect_tx.shared::cta.b64 mbarrier.try_wait.parity.shared::cta.b64
    fence.proxy.async.shared::cta elect.sync setmaxnreg.inc.sync.aligned.u32 setmaxnreg.dec.sync.aligned.u32
    cp.async.bulk.commit_group "cp.async.bulk.wait_group 0" "cp.async.bulk.wait_group.read 0"
    wgmma.fence.sync.aligned wgmma.commit_group.sync.aligned wgmma.wait_group.sync.aligned)
foreach(rank IN ITEMS 2d 3d 4d)
  list(APPEND expected cp.async.bulk.tensor.${rank}.shared::cluster.global.mbarrier::complete_tx::bytes
       cp.async.bulk.tensor.${rank}.global.shared::cta.bulk_group)
endforeach()
foreach(count IN ITEMS x1 x2 x4)
  list(APPEND expected stmatrix.sync.aligned.m8n8.${count}.shared.b16 stmatrix.sync.aligned.m8n8.${count}.trans.shared.b16)
endforeach()
foreach(n RANGE 8 256 8)
  list(APPEND expected "wgmma.mma_async.sync.aligned.m64n${n}k16.f32.f16.f16 "
       "wgmma.mma_async.sync.aligned.m64n${n}k16.f32.bf16.bf16 ")
endforeach()
expect_all("${ptx}" PTX ${expected})

compile(instructions.cubin -cubin -gencode arch=compute_90a,code=sm_90a)
if(CUOBJDUMP)
  execute_process(COMMAND ${CUOBJDUMP} -sass instructions.cubin OUTPUT_VARIABLE sass)
  expect_all("${sass}" SASS UTMALDG UTMASTG HGMMA.64x256x16.F32 SYNCS STSM USETMAXREG FENCE.VIEW.ASYNC ELECT)
else()
  message(STATUS "SASS: not checked, cuobjdump is missing")
endif()
foreach(architecture IN ITEMS 80 89)
  compile(instructions.cubin -cubin -gencode arch=compute_${architecture},code=sm_${architecture})
endforeach()
