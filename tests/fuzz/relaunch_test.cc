// Launches after the first one: in other memory, with other contents, and of one query alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fuzz/check.h"
#include "tests/fuzz/planted_fault.h"

namespace warpgauge {
namespace {

using testing::HasSubstr;

std::string report_of(const Kernel& kernel, Problem p) {
  return check(kernel, p, 3, {.oracle = OracleBackend::cpu, .relaunch = true}).report();
}

const Problem kRelaunched{.batch = 2, .heads = 2, .kv_heads = 1, .seq_q = 5, .seq_k = 9, .head_dim = 16};

// Uses the strides of the first launch for good.
struct KeepsStrides : faulty::Right {
  static Strides q_strides(const Problem&, const Tensors& t) {
    static const Strides first = t.q_strides;
    return first;
  }
};

// Reads the operands of the first launch for good.
Kernel keeps_operands() {
  Kernel kernel = faulty::kernel<faulty::Right>("keeps_operands");
  kernel.launch = [](const Problem& p, const Tensors& t, const Launch& l) {
    static const Tensors first = t;
    Tensors used = first;
    used.o = t.o, used.lse = t.lse, used.o_strides = t.o_strides;
    find_kernel("cpu/naive")->launch(p, used, l);
  };
  return kernel;
}

struct KeepsLse : faulty::Right {
  static void after_all(const Problem& p, const Tensors& t, const Launch&) {
    static std::vector<float> first(t.lse, t.lse + lse_elements(p));
    static const void* of = t.q;
    if (t.q == of) std::copy(first.begin(), first.end(), t.lse);
  }
};

struct RoundsInBatches : faulty::Right {
  static void after_row(const Problem& p, const faulty::Row&, void* o, float*) {
    if (lse_elements(p) > 1) faulty::store(p, o, 0, std::nextafter(faulty::load(p, o, 0), 9.0f));
  }
};

TEST(Relaunch, OfARightKernelPasses) {
  for (const char* name : {"cpu/naive", "cpu/blas"})
    for (Mask mask : {Mask::none, Mask::causal}) {
      Problem p = kRelaunched;
      p.mask = mask;
      EXPECT_EQ(report_of(*find_kernel(name), p), "") << name;
    }
}

TEST(Relaunch, WithOtherStridesRevealsThoseOfTheFirst) {
  EXPECT_THAT(report_of(faulty::kernel<KeepsStrides>("keeps_strides"), kRelaunched),
              HasSubstr("relaunches (normal): third launch, in other memory with layout="));
}

TEST(Relaunch, InOtherMemoryRevealsThePointersOfTheFirst) {
  EXPECT_THAT(report_of(keeps_operands(), kRelaunched),
              HasSubstr("relaunches (normal): third launch, in other memory with layout="));
}

TEST(Relaunch, WithOtherContentsRevealsRememberedResults) {
  EXPECT_THAT(report_of(faulty::kernel<KeepsLse>("keeps_lse"), kRelaunched),
              HasSubstr("relaunches (normal): second launch, with other contents in the same memory: lse"));
}

TEST(Relaunch, OfOneQueryMustGiveTheSameBitsIfTheKernelClaimsIt) {
  Kernel kernel = faulty::kernel<RoundsInBatches>("rounds_in_batches");
  EXPECT_EQ(report_of(kernel, kRelaunched), "");
  kernel.batch_invariant = true;
  EXPECT_THAT(report_of(kernel, kRelaunched), HasSubstr("stands_alone (normal): O, d=0, at b="));
}

}  // namespace
}  // namespace warpgauge
