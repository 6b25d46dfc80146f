// GitHub's workflow commands: the ten worst cases and the verdict as annotations, of which a step may have
// ten a kind.
#pragma once

#include <string>

#include "compare/decide/comparison.h"

namespace warpgauge {

std::string github_annotations(const Comparison& comparison);

}  // namespace warpgauge
