// What was left out of a fit (outlying.h), in words: the units, and what they keep from being proved.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compare/statistics/judgement.h"
#include "compare/statistics/outlying.h"
#include "compare/statistics/reason.h"

namespace warpgauge {

class LeftOutWords {
 public:
  // Units of two sides, base's first; blocks, which hold both sides, are all head's.
  LeftOutWords(std::span<const LeftOutUnit> left_out, std::size_t base_units, std::size_t head_units,
               UnitWords words);

  // A sentence for those of a side that were slow, or fast. `withheld`: of a case, what is true without them
  // only is not called so (Verdict::without_left_out); a last sentence says why.
  std::vector<std::string> notes(bool withheld) const;

  // Why such a case is inconclusive.
  std::string reason(Decided without_left_out, const Effect& effect) const;

 private:
  struct Group {
    bool head = false, slow = false;
    std::vector<std::size_t> numbers;  // from 1, within the side
    double shift = 0;                  // the median one
  };

  Group group(bool head, bool slow) const;
  bool are_blocks() const { return base_units_ == 0; }
  std::string left_out_note(const Group& group) const;
  std::string withheld_note() const;
  std::size_t count_against_head() const;
  std::string those_against_head() const;

  std::vector<LeftOutUnit> left_out_;
  std::size_t base_units_, head_units_;
  UnitWords words_;
};

}  // namespace warpgauge
