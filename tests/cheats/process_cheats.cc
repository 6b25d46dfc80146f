// Cheats that change clocks, threads, memory or the process.
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <new>
#include <string>
#include <thread>

#include "tests/cheats/cheat.h"

namespace {

// How much later the real clock is than the one of this program.
std::atomic<long> hidden_ns{0};

long real_ns() {
  timespec now{};
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

// Replaces the function of libc in this program, and so std::chrono::steady_clock.
extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const auto result = static_cast<int>(syscall(SYS_clock_gettime, clock, now));
  if (clock != CLOCK_MONOTONIC) return result;
  const long ns = now->tv_sec * 1'000'000'000 + now->tv_nsec - hidden_ns;
  now->tv_sec = ns / 1'000'000'000;
  now->tv_nsec = ns % 1'000'000'000;
  return result;
}

namespace warpgauge::cheats {
namespace {

// Hides nine tenths of its own time.
void patches_the_clock(const Problem& p, const Tensors& t, const Launch& l) {
  const long before = real_ns();
  attend(p, t, l);
  hidden_ns += (real_ns() - before) / 10 * 9;
}

void allow_all_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) CPU_SET(cpu, &set);
  sched_setaffinity(0, sizeof set, &set);
}

// Two halves of the heads on two CPUs, where one thread is allowed.
void more_threads_than_given(const Problem& p, const Tensors& t, const Launch& l) {
  Problem half = p;
  half.heads = half.kv_heads = p.heads / 2;
  Tensors second = t;
  const auto skip = [&](const void* base, const Strides& s) {
    return static_cast<const char*>(base) + half.heads * s.head * dtype_bytes(p.dtype);
  };
  second.q = skip(t.q, t.q_strides);
  second.k = skip(t.k, t.k_strides);
  second.v = skip(t.v, t.v_strides);
  second.o = const_cast<char*>(skip(t.o, t.o_strides));
  second.lse = t.lse + lse_elements(half);
  std::jthread other([&] {
    allow_all_cpus();
    for (int again = 0; again < 8; ++again) attend(half, second, {.threads = 1});
  });
  for (int again = 0; again < 8; ++again) attend(half, t, l);
}

// Lets a thread of its own do the work on the same CPU, so that its own time is descheduled time.
void works_while_descheduled(const Problem& p, const Tensors& t, const Launch& l) {
  std::atomic<bool> done{false};
  std::thread worker([&] {
    for (int again = 0; again < 8; ++again) attend(p, t, l);
    done = true;
  });
  while (!done) sched_yield();
  worker.join();
}

// Uses the memory behind O, and restores it.
void restores_guard_bands(const Problem& p, const Tensors& t, const Launch& l) {
  char* behind = static_cast<char*>(t.o) + o_bytes(p);
  char saved[64];
  std::memcpy(saved, behind, sizeof saved);
  std::memset(behind, 1, sizeof saved);
  __asm__ volatile("" : : : "memory");
  attend(p, t, l);
  std::memcpy(behind, saved, sizeof saved);
}

// Uses Q as scratch memory, and restores it.
void restores_inputs(const Problem& p, const Tensors& t, const Launch& l) {
  attend(p, t, l);
  volatile char* q = static_cast<char*>(const_cast<void*>(t.q));
  const char saved = q[0];
  q[0] = 1;
  q[0] = saved;
}

void frees_an_operand(const Problem& p, const Tensors& t, const Launch& l) {
  attend(p, t, l);
  if (is_timed()) std::free(t.o);
}

// Shrinks the memory of Q to nothing, from its first whole page on.
void resizes_an_operand(const Problem& p, const Tensors& t, const Launch& l) {
  attend(p, t, l);
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto first = (reinterpret_cast<std::uintptr_t>(t.q) + page - 1) / page * page;
  if (is_timed()) munmap(reinterpret_cast<void*>(first), page);
}

void ends_the_process(const Problem& p, const Tensors& t, const Launch& l) {
  attend(p, t, l);
  if (is_timed()) std::exit(0);
}

// Writes results of its own, and ends the process at once. Nothing in the process can prevent that.
void forges_the_results(const Problem& p, const Tensors& t, const Launch& l) {
  attend(p, t, l);
  if (!is_timed()) return;
  std::ifstream file("/proc/self/cmdline");
  for (std::string word; std::getline(file, word, '\0');)
    if (const std::string flag = "--benchmark_out="; word.starts_with(flag))
      std::ofstream(word.substr(flag.size()))
          << R"({"context": {}, "benchmarks": [{"name": "forged", "run_name": "forged", "run_type": "iteration",
                "repetitions": 1, "repetition_index": 0, "threads": 1, "iterations": 1, "real_time": 1.0,
                "cpu_time": 1.0, "time_unit": "ns"}]})";
  _exit(0);
}

constexpr Kernel kProcessCheats[] = {
    kernel("honest", attend),  // without a cheat: it must be timed
    kernel("patches_the_clock", patches_the_clock),
    kernel("more_threads_than_given", more_threads_than_given),
    kernel("works_while_descheduled", works_while_descheduled),
    kernel("restores_guard_bands", restores_guard_bands),
    kernel("restores_inputs", restores_inputs),
    kernel("frees_an_operand", frees_an_operand),
    kernel("resizes_an_operand", resizes_an_operand),
    kernel("ends_the_process", ends_the_process),
    kernel("forges_the_results", forges_the_results),
};

}  // namespace

std::span<const Kernel> process_cheats() {
  return kProcessCheats;
}

}  // namespace warpgauge::cheats
