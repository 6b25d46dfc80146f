// The reports of `rivals`: our kernel against the best peer, case by case.
#pragma once

#include <string>

#include "compare/decide/rivals.h"

namespace warpgauge {

// "geometric mean -8.50 % (-10.2 .. -6.75 %): 7 wins, 1 loss, 2 undecided"
[[nodiscard]] std::string rivals_line(const Rivals& rivals);

[[nodiscard]] std::string rivals_text(const Rivals& rivals, bool colour);
[[nodiscard]] std::string rivals_markdown(const Rivals& rivals);
[[nodiscard]] std::string rivals_json(const Rivals& rivals);  // schema warpgauge/rivals/1
[[nodiscard]] std::string rivals_junit(const Rivals& rivals);
[[nodiscard]] std::string rivals_annotations(const Rivals& rivals);

}  // namespace warpgauge
