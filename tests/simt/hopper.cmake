# The primitives of sm_90a: unit tests.
foreach(test IN ITEMS primitives)
  warpgauge_test(simt_hopper_${test}_test LABEL simt SOURCES hopper_${test}_test.cc
                 LIBS warpgauge::kernels warpgauge::simt warpgauge::simt_kernel)
endforeach()
