// JUnit XML, for CI systems that list tests: one testcase a case. Regressions and failed cases are failures,
// errored and missing ones errors, inconclusive ones skipped.
#pragma once

#include <string>

#include "compare/decide/comparison.h"

namespace warpgauge {

std::string junit_report(const Comparison& comparison);

}  // namespace warpgauge
