// Cheats that do less than the work when they are timed, or do it after the timed interval.
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "tests/cheats/cheat.h"

namespace warpgauge::cheats {
namespace {

// Delivers the outputs of a call in the next one, as a pipeline would.
void works_in_the_next_call(const Problem& p, const Tensors& t, const Launch& l) {
  static Remembered last;
  const Remembered before = last;
  attend(p, t, l);
  last.store(p, t);
  if (is_timed()) before.replay(t);
}

// Returns while a thread works.
void works_in_a_thread(const Problem& p, const Tensors& t, const Launch& l) {
  static std::jthread worker;
  worker = std::jthread();  // waits for the last one
  worker = std::jthread([=] { attend(p, t, l); });
}

// Works once nothing was launched for a while: in the check after the timing.
void works_when_idle(const Problem& p, const Tensors& t, const Launch& l) {
  using Clock = std::chrono::steady_clock;
  static Clock::time_point last = Clock::now();
  const bool was_idle = Clock::now() - last > std::chrono::milliseconds(30);
  last = Clock::now();
  if (!is_timed() || was_idle) attend(p, t, l);
}

// The first half of the heads.
void half_of_the_heads(const Problem& p, const Tensors& t, const Launch& l) {
  Problem half = p;
  half.heads = half.kv_heads = p.heads / 2;
  attend(half, t, l);
}

void half_of_the_heads_when_timed(const Problem& p, const Tensors& t, const Launch& l) {
  (is_timed() ? half_of_the_heads : attend)(p, t, l);
}

void every_second_key(const Problem& p, const Tensors& t, const Launch& l) {
  if (!is_timed()) return attend(p, t, l);
  Problem half = p;
  Tensors strided = t;
  half.seq_k = p.seq_k / 2;
  strided.k_strides.row *= 2;
  strided.v_strides.row *= 2;
  attend(half, strided, l);
}

void every_second_query(const Problem& p, const Tensors& t, const Launch& l) {
  if (!is_timed()) return attend(p, t, l);
  Problem half = p;
  Tensors strided = t;
  half.seq_q = p.seq_q / 2;
  strided.q_strides.row *= 2;
  strided.o_strides.row *= 2;
  attend(half, strided, l);
}

// Rounds the operands of an f32 problem to bf16.
void lower_precision(const Problem& p, const Tensors& t, const Launch& l) {
  if (!is_timed()) return attend(p, t, l);
  const auto rounded = [](const void* values, std::int64_t count) {
    std::vector<float> all(static_cast<const float*>(values), static_cast<const float*>(values) + count);
    for (float& value : all) value = static_cast<float>(bf16(value));
    return all;
  };
  const std::vector<float> q = rounded(t.q, query_elements(p)), k = rounded(t.k, key_elements(p)),
                           v = rounded(t.v, key_elements(p));
  Tensors low = t;
  low.q = q.data();
  low.k = k.data();
  low.v = v.data();
  attend(p, low, l);
}

// Works in the first launches: as many as the checks and the warm-up need.
void detects_the_warm_up(const Problem& p, const Tensors& t, const Launch& l) {
  static int launches = 0;
  if (++launches <= 12) attend(p, t, l);
}

// Works in every fourth launch. The median is that of the others.
void works_in_every_fourth_launch(const Problem& p, const Tensors& t, const Launch& l) {
  static int launches = 0;
  if (!is_timed() || ++launches % 4 == 0) attend(p, t, l);
}

// Works if the inputs are those of the check, which it saw first.
void detects_the_inputs_of_the_check(const Problem& p, const Tensors& t, const Launch& l) {
  static const std::vector<char> first(static_cast<const char*>(t.k), static_cast<const char*>(t.k) + 256);
  if (!is_timed() || std::memcmp(t.k, first.data(), first.size()) == 0) attend(p, t, l);
}

// Works unless results are written: then somebody looks at the times.
void sniffs_the_command_line(const Problem& p, const Tensors& t, const Launch& l) {
  static const bool is_measured = [] {
    std::ifstream file("/proc/self/cmdline");
    const std::string words{std::istreambuf_iterator<char>(file), {}};
    return words.find("--benchmark_out") != std::string::npos;
  }();
  if (!is_measured || !is_timed()) attend(p, t, l);
}

void writes_zeros(const Problem& p, const Tensors& t, const Launch& l) {
  if (!is_timed()) return attend(p, t, l);
  std::memset(t.o, 0, o_bytes(p));
  std::memset(t.lse, 0, lse_bytes(p));
}

// Makes all keys equal, so that O is the mean of V.
void simplifies_its_inputs(const Problem& p, const Tensors& t, const Launch& l) {
  if (is_timed()) std::memset(const_cast<void*>(t.k), 0, key_bytes(p));
  attend(p, t, l);
}

constexpr Kernel kWorkCheats[] = {
    kernel("works_in_the_next_call", works_in_the_next_call),
    kernel("works_in_a_thread", works_in_a_thread),
    kernel("works_when_idle", works_when_idle),
    kernel("half_of_the_heads", half_of_the_heads),
    kernel("half_of_the_heads_when_timed", half_of_the_heads_when_timed),
    kernel("every_second_key", every_second_key),
    kernel("every_second_query", every_second_query),
    kernel("lower_precision", lower_precision),
    kernel("detects_the_warm_up", detects_the_warm_up),
    kernel("works_in_every_fourth_launch", works_in_every_fourth_launch),
    kernel("detects_the_inputs_of_the_check", detects_the_inputs_of_the_check),
    kernel("sniffs_the_command_line", sniffs_the_command_line),
    kernel("writes_zeros", writes_zeros),
    kernel("simplifies_its_inputs", simplifies_its_inputs),
};

}  // namespace

std::span<const Kernel> work_cheats() {
  return kWorkCheats;
}

}  // namespace warpgauge::cheats
