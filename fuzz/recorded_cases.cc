#include "fuzz/recorded_cases.h"

namespace warpgauge {

// The build makes this list from regressions.txt.
static constexpr const char* kLines[] = {
#include "regressions.inc"
};

std::vector<Reproducer> recorded_cases() {
  std::vector<Reproducer> cases;
  for (const char* line : kLines) cases.push_back(parse_reproducer(line));
  return cases;
}

}  // namespace warpgauge
