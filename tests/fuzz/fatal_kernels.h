// Kernels that take the program along. Not among kPlanted: a test that ran them would end.
#pragma once

#include <signal.h>

#include <exception>

#include "tests/fuzz/faulty_kernels.h"

namespace warpgauge::faulty {

template <int kSignal>
struct Raises : Right {
  static void after_all(const Problem&, const Tensors&, const Launch&) { raise(kSignal); }
};

struct WritesNowhere : Right {
  static void after_all(const Problem&, const Tensors&, const Launch&) {
    volatile std::uintptr_t nowhere = 64;  // in the page that no process has
    *reinterpret_cast<volatile char*>(nowhere) = 0;
  }
};

struct OverflowsStack : Right {
  [[gnu::noinline]] static int deeper(int depth) {
    volatile char frame[4096];
    frame[depth % 4096] = 1;
    return depth < 0 ? 0 : deeper(depth + 1) + frame[depth % 4096];
  }
  static void after_all(const Problem&, const Tensors&, const Launch&) { deeper(0); }
};

// An exception that nobody can catch: it leaves a thread.
struct Terminates : Right {
  static void after_all(const Problem&, const Tensors&, const Launch&) { std::terminate(); }
};

struct Fatal {
  Kernel kernel;
  int signal;  // that it dies of
};

inline const Fatal kFatal[] = {
    {kernel<WritesNowhere>("writes_nowhere"), SIGSEGV},
    {kernel<OverflowsStack>("overflows_stack"), SIGSEGV},
    {kernel<Raises<SIGSEGV>>("raises_sigsegv"), SIGSEGV},
    {kernel<Raises<SIGBUS>>("raises_sigbus"), SIGBUS},
    {kernel<Raises<SIGFPE>>("raises_sigfpe"), SIGFPE},
    {kernel<Raises<SIGILL>>("raises_sigill"), SIGILL},
    {kernel<Terminates>("terminates"), SIGABRT},
};

}  // namespace warpgauge::faulty
