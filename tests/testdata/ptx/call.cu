// A call, with the labels for debuggers that clang prints between its operands.
// call.ptx: clang 14 -x c++ --target=nvptx64-nvidia-cuda -march=sm_80 -O1 -g1 -S call.cu
int x;
__attribute__((noinline)) int times_x(int a) {
  return a * x;
}
extern "C" void call(int* p, float* q) {
  p[0] = times_x(p[1]) + (int)(q[1] * 2.5f);
}
