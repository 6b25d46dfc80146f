// The PTX of wgmma.m64nNk16, one instruction per N. wgmma.h includes it for nvcc only.
//
// Inline assembly numbers its operands by position. The N / 2 accumulators come first, so the numbers of the
// other operands depend on N. The tables below list them.
#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/half.h"
#include "kernels/simt/target.h"

namespace warpgauge::simt::ptx {

// clang-format off
// The first 4 q accumulators: their numbers in the instruction, and their operands.
#define WARPGAUGE_NAMES_1 "%0, %1, %2, %3"
#define WARPGAUGE_NAMES_2 WARPGAUGE_NAMES_1 ", " "%4, %5, %6, %7"
#define WARPGAUGE_NAMES_3 WARPGAUGE_NAMES_2 ", " "%8, %9, %10, %11"
#define WARPGAUGE_NAMES_4 WARPGAUGE_NAMES_3 ", " "%12, %13, %14, %15"
#define WARPGAUGE_NAMES_5 WARPGAUGE_NAMES_4 ", " "%16, %17, %18, %19"
#define WARPGAUGE_NAMES_6 WARPGAUGE_NAMES_5 ", " "%20, %21, %22, %23"
#define WARPGAUGE_NAMES_7 WARPGAUGE_NAMES_6 ", " "%24, %25, %26, %27"
#define WARPGAUGE_NAMES_8 WARPGAUGE_NAMES_7 ", " "%28, %29, %30, %31"
#define WARPGAUGE_NAMES_9 WARPGAUGE_NAMES_8 ", " "%32, %33, %34, %35"
#define WARPGAUGE_NAMES_10 WARPGAUGE_NAMES_9 ", " "%36, %37, %38, %39"
#define WARPGAUGE_NAMES_11 WARPGAUGE_NAMES_10 ", " "%40, %41, %42, %43"
#define WARPGAUGE_NAMES_12 WARPGAUGE_NAMES_11 ", " "%44, %45, %46, %47"
#define WARPGAUGE_NAMES_13 WARPGAUGE_NAMES_12 ", " "%48, %49, %50, %51"
#define WARPGAUGE_NAMES_14 WARPGAUGE_NAMES_13 ", " "%52, %53, %54, %55"
#define WARPGAUGE_NAMES_15 WARPGAUGE_NAMES_14 ", " "%56, %57, %58, %59"
#define WARPGAUGE_NAMES_16 WARPGAUGE_NAMES_15 ", " "%60, %61, %62, %63"
#define WARPGAUGE_NAMES_17 WARPGAUGE_NAMES_16 ", " "%64, %65, %66, %67"
#define WARPGAUGE_NAMES_18 WARPGAUGE_NAMES_17 ", " "%68, %69, %70, %71"
#define WARPGAUGE_NAMES_19 WARPGAUGE_NAMES_18 ", " "%72, %73, %74, %75"
#define WARPGAUGE_NAMES_20 WARPGAUGE_NAMES_19 ", " "%76, %77, %78, %79"
#define WARPGAUGE_NAMES_21 WARPGAUGE_NAMES_20 ", " "%80, %81, %82, %83"
#define WARPGAUGE_NAMES_22 WARPGAUGE_NAMES_21 ", " "%84, %85, %86, %87"
#define WARPGAUGE_NAMES_23 WARPGAUGE_NAMES_22 ", " "%88, %89, %90, %91"
#define WARPGAUGE_NAMES_24 WARPGAUGE_NAMES_23 ", " "%92, %93, %94, %95"
#define WARPGAUGE_NAMES_25 WARPGAUGE_NAMES_24 ", " "%96, %97, %98, %99"
#define WARPGAUGE_NAMES_26 WARPGAUGE_NAMES_25 ", " "%100, %101, %102, %103"
#define WARPGAUGE_NAMES_27 WARPGAUGE_NAMES_26 ", " "%104, %105, %106, %107"
#define WARPGAUGE_NAMES_28 WARPGAUGE_NAMES_27 ", " "%108, %109, %110, %111"
#define WARPGAUGE_NAMES_29 WARPGAUGE_NAMES_28 ", " "%112, %113, %114, %115"
#define WARPGAUGE_NAMES_30 WARPGAUGE_NAMES_29 ", " "%116, %117, %118, %119"
#define WARPGAUGE_NAMES_31 WARPGAUGE_NAMES_30 ", " "%120, %121, %122, %123"
#define WARPGAUGE_NAMES_32 WARPGAUGE_NAMES_31 ", " "%124, %125, %126, %127"
#define WARPGAUGE_QUAD(i) "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3])
#define WARPGAUGE_OPERANDS_1 WARPGAUGE_QUAD(0)
#define WARPGAUGE_OPERANDS_2 WARPGAUGE_OPERANDS_1, WARPGAUGE_QUAD(4)
#define WARPGAUGE_OPERANDS_3 WARPGAUGE_OPERANDS_2, WARPGAUGE_QUAD(8)
#define WARPGAUGE_OPERANDS_4 WARPGAUGE_OPERANDS_3, WARPGAUGE_QUAD(12)
#define WARPGAUGE_OPERANDS_5 WARPGAUGE_OPERANDS_4, WARPGAUGE_QUAD(16)
#define WARPGAUGE_OPERANDS_6 WARPGAUGE_OPERANDS_5, WARPGAUGE_QUAD(20)
#define WARPGAUGE_OPERANDS_7 WARPGAUGE_OPERANDS_6, WARPGAUGE_QUAD(24)
#define WARPGAUGE_OPERANDS_8 WARPGAUGE_OPERANDS_7, WARPGAUGE_QUAD(28)
#define WARPGAUGE_OPERANDS_9 WARPGAUGE_OPERANDS_8, WARPGAUGE_QUAD(32)
#define WARPGAUGE_OPERANDS_10 WARPGAUGE_OPERANDS_9, WARPGAUGE_QUAD(36)
#define WARPGAUGE_OPERANDS_11 WARPGAUGE_OPERANDS_10, WARPGAUGE_QUAD(40)
#define WARPGAUGE_OPERANDS_12 WARPGAUGE_OPERANDS_11, WARPGAUGE_QUAD(44)
#define WARPGAUGE_OPERANDS_13 WARPGAUGE_OPERANDS_12, WARPGAUGE_QUAD(48)
#define WARPGAUGE_OPERANDS_14 WARPGAUGE_OPERANDS_13, WARPGAUGE_QUAD(52)
#define WARPGAUGE_OPERANDS_15 WARPGAUGE_OPERANDS_14, WARPGAUGE_QUAD(56)
#define WARPGAUGE_OPERANDS_16 WARPGAUGE_OPERANDS_15, WARPGAUGE_QUAD(60)
#define WARPGAUGE_OPERANDS_17 WARPGAUGE_OPERANDS_16, WARPGAUGE_QUAD(64)
#define WARPGAUGE_OPERANDS_18 WARPGAUGE_OPERANDS_17, WARPGAUGE_QUAD(68)
#define WARPGAUGE_OPERANDS_19 WARPGAUGE_OPERANDS_18, WARPGAUGE_QUAD(72)
#define WARPGAUGE_OPERANDS_20 WARPGAUGE_OPERANDS_19, WARPGAUGE_QUAD(76)
#define WARPGAUGE_OPERANDS_21 WARPGAUGE_OPERANDS_20, WARPGAUGE_QUAD(80)
#define WARPGAUGE_OPERANDS_22 WARPGAUGE_OPERANDS_21, WARPGAUGE_QUAD(84)
#define WARPGAUGE_OPERANDS_23 WARPGAUGE_OPERANDS_22, WARPGAUGE_QUAD(88)
#define WARPGAUGE_OPERANDS_24 WARPGAUGE_OPERANDS_23, WARPGAUGE_QUAD(92)
#define WARPGAUGE_OPERANDS_25 WARPGAUGE_OPERANDS_24, WARPGAUGE_QUAD(96)
#define WARPGAUGE_OPERANDS_26 WARPGAUGE_OPERANDS_25, WARPGAUGE_QUAD(100)
#define WARPGAUGE_OPERANDS_27 WARPGAUGE_OPERANDS_26, WARPGAUGE_QUAD(104)
#define WARPGAUGE_OPERANDS_28 WARPGAUGE_OPERANDS_27, WARPGAUGE_QUAD(108)
#define WARPGAUGE_OPERANDS_29 WARPGAUGE_OPERANDS_28, WARPGAUGE_QUAD(112)
#define WARPGAUGE_OPERANDS_30 WARPGAUGE_OPERANDS_29, WARPGAUGE_QUAD(116)
#define WARPGAUGE_OPERANDS_31 WARPGAUGE_OPERANDS_30, WARPGAUGE_QUAD(120)
#define WARPGAUGE_OPERANDS_32 WARPGAUGE_OPERANDS_31, WARPGAUGE_QUAD(124)

// EACH(q, N, numbers of the eight operands that follow 4 q accumulators)
#define WARPGAUGE_EACH_WGMMA(EACH) \
  EACH(1, "8", "%4", "%5", "%6", "%7", "%8", "%9", "%10", "%11") \
  EACH(2, "16", "%8", "%9", "%10", "%11", "%12", "%13", "%14", "%15") \
  EACH(3, "24", "%12", "%13", "%14", "%15", "%16", "%17", "%18", "%19") \
  EACH(4, "32", "%16", "%17", "%18", "%19", "%20", "%21", "%22", "%23") \
  EACH(5, "40", "%20", "%21", "%22", "%23", "%24", "%25", "%26", "%27") \
  EACH(6, "48", "%24", "%25", "%26", "%27", "%28", "%29", "%30", "%31") \
  EACH(7, "56", "%28", "%29", "%30", "%31", "%32", "%33", "%34", "%35") \
  EACH(8, "64", "%32", "%33", "%34", "%35", "%36", "%37", "%38", "%39") \
  EACH(9, "72", "%36", "%37", "%38", "%39", "%40", "%41", "%42", "%43") \
  EACH(10, "80", "%40", "%41", "%42", "%43", "%44", "%45", "%46", "%47") \
  EACH(11, "88", "%44", "%45", "%46", "%47", "%48", "%49", "%50", "%51") \
  EACH(12, "96", "%48", "%49", "%50", "%51", "%52", "%53", "%54", "%55") \
  EACH(13, "104", "%52", "%53", "%54", "%55", "%56", "%57", "%58", "%59") \
  EACH(14, "112", "%56", "%57", "%58", "%59", "%60", "%61", "%62", "%63") \
  EACH(15, "120", "%60", "%61", "%62", "%63", "%64", "%65", "%66", "%67") \
  EACH(16, "128", "%64", "%65", "%66", "%67", "%68", "%69", "%70", "%71") \
  EACH(17, "136", "%68", "%69", "%70", "%71", "%72", "%73", "%74", "%75") \
  EACH(18, "144", "%72", "%73", "%74", "%75", "%76", "%77", "%78", "%79") \
  EACH(19, "152", "%76", "%77", "%78", "%79", "%80", "%81", "%82", "%83") \
  EACH(20, "160", "%80", "%81", "%82", "%83", "%84", "%85", "%86", "%87") \
  EACH(21, "168", "%84", "%85", "%86", "%87", "%88", "%89", "%90", "%91") \
  EACH(22, "176", "%88", "%89", "%90", "%91", "%92", "%93", "%94", "%95") \
  EACH(23, "184", "%92", "%93", "%94", "%95", "%96", "%97", "%98", "%99") \
  EACH(24, "192", "%96", "%97", "%98", "%99", "%100", "%101", "%102", "%103") \
  EACH(25, "200", "%100", "%101", "%102", "%103", "%104", "%105", "%106", "%107") \
  EACH(26, "208", "%104", "%105", "%106", "%107", "%108", "%109", "%110", "%111") \
  EACH(27, "216", "%108", "%109", "%110", "%111", "%112", "%113", "%114", "%115") \
  EACH(28, "224", "%112", "%113", "%114", "%115", "%116", "%117", "%118", "%119") \
  EACH(29, "232", "%116", "%117", "%118", "%119", "%120", "%121", "%122", "%123") \
  EACH(30, "240", "%120", "%121", "%122", "%123", "%124", "%125", "%126", "%127") \
  EACH(31, "248", "%124", "%125", "%126", "%127", "%128", "%129", "%130", "%131") \
  EACH(32, "256", "%128", "%129", "%130", "%131", "%132", "%133", "%134", "%135")

// clang-format on

#define WARPGAUGE_WGMMA_SHARED(q, n, type, o0, o1, o2, o3, o4)                                          \
  SIMT_SM90_ASM("{\n.reg .pred p;\nsetp.ne.b32 p, " o2                                                  \
                ", 0;\n"                                                                                \
                "wgmma.mma_async.sync.aligned.m64n" n "k16.f32." type "." type " {" WARPGAUGE_NAMES_##q \
                "}, " o0 ", " o1 ", p, 1, 1, " o3 ", " o4 ";\n}"                                        \
                : WARPGAUGE_OPERANDS_##q                                                                \
                : "l"(a), "l"(b), "r"(static_cast<int>(accumulate)), "n"(kMnMajorA ? 1 : 0),            \
                  "n"(kMnMajorB ? 1 : 0))
#define WARPGAUGE_WGMMA_REGISTERS(q, n, type, o0, o1, o2, o3, o4, o5, o6)                                \
  SIMT_SM90_ASM("{\n.reg .pred p;\nsetp.ne.b32 p, " o5                                                   \
                ", 0;\n"                                                                                 \
                "wgmma.mma_async.sync.aligned.m64n" n "k16.f32." type "." type " {" WARPGAUGE_NAMES_##q  \
                "}, {" o0 ", " o1 ", " o2 ", " o3 "}, " o4 ", p, 1, 1, " o6 ";\n}"                       \
                : WARPGAUGE_OPERANDS_##q                                                                 \
                : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(static_cast<int>(accumulate)), \
                  "n"(kMnMajorB ? 1 : 0))

// A and B in shared memory, by matrix descriptor.
template <class T, bool kMnMajorA, bool kMnMajorB, int kRegisters>
SIMT_DEVICE void wgmma(float (&d)[kRegisters], std::uint64_t a, std::uint64_t b, bool accumulate) {
#define WARPGAUGE_WGMMA(q, n, o0, o1, o2, o3, o4, o5, o6, o7)   \
  if constexpr (kRegisters == 4 * q && std::is_same_v<T, f16>)  \
    WARPGAUGE_WGMMA_SHARED(q, n, "f16", o0, o1, o2, o3, o4);    \
  if constexpr (kRegisters == 4 * q && std::is_same_v<T, bf16>) \
    WARPGAUGE_WGMMA_SHARED(q, n, "bf16", o0, o1, o2, o3, o4);
  WARPGAUGE_EACH_WGMMA(WARPGAUGE_WGMMA)
#undef WARPGAUGE_WGMMA
}

// A in registers.
template <class T, bool kMnMajorB, int kRegisters>
SIMT_DEVICE void wgmma(float (&d)[kRegisters], const std::uint32_t (&a)[4], std::uint64_t b,
                       bool accumulate) {
#define WARPGAUGE_WGMMA(q, n, o0, o1, o2, o3, o4, o5, o6, o7)           \
  if constexpr (kRegisters == 4 * q && std::is_same_v<T, f16>)          \
    WARPGAUGE_WGMMA_REGISTERS(q, n, "f16", o0, o1, o2, o3, o4, o5, o6); \
  if constexpr (kRegisters == 4 * q && std::is_same_v<T, bf16>)         \
    WARPGAUGE_WGMMA_REGISTERS(q, n, "bf16", o0, o1, o2, o3, o4, o5, o6);
  WARPGAUGE_EACH_WGMMA(WARPGAUGE_WGMMA)
#undef WARPGAUGE_WGMMA
}

#undef WARPGAUGE_WGMMA_SHARED
#undef WARPGAUGE_WGMMA_REGISTERS

}  // namespace warpgauge::simt::ptx
