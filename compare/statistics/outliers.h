// Units far outside: which they are, and what they would add to a case's change.
//
// A unit whose g (two_way_model.h) lies far outside is left out of the fit, for the machine's outliers hit
// either side. There are two limits to that.
//
// Where processes have two speeds, whichever side drew them, what is left once the rarer speed is taken for
// outliers is one speed a side, and not always the same one: identical sides would differ with certainty. So
// no more units are left out than such a machine would hardly ever (.05 a side, .002 of blocks) let look like
// outliers; where more lie outside, all stay, and are noise.
//
// A head that is slow now and then, or a base that is fast, looks just like an outlier, and of it unchanged
// must not be said: what such units would add to a case's change is told beside the change.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "compare/statistics/two_way_data.h"

namespace warpgauge {

// Robust deviations (1.4826 MAD, both sides' units together) from the side's median g...
inline constexpr double kFarOutside = 8;
inline constexpr double kNegligibleShift = 0.001;  // ...and not less than this, where hardly anything varies
// Of that many processes one alone that speaks against head is the machine's; a block holds two a side.
inline constexpr std::size_t kLoneOutlierUnits = 24, kLoneOutlierBlocks = kLoneOutlierUnits / 2;

struct Outlier {
  std::size_t unit = 0;
  // Of all its cases against its side's median unit, as a log; of a block > 0: head was slower.
  double shift = 0;

  bool operator==(const Outlier&) const = default;
};

// How many of so many units, blocks or those of one side, may be left out. Two speeds that are drawn by equal
// chance let a side look like one of them and a few outliers with the probability of as many heads of as many
// coins, and that must happen to either side, differently; the difference of a block, which is two processes
// less two, is one speed's distance with a probability of 1/4 at most.
std::size_t most_excluded(std::size_t units, bool blocks);

// `shared`: g, [unit]. Ascending by unit.
std::vector<Outlier> find_outliers(const TwoWayData& data, std::span<const double> shared);

bool is_excluded(std::span<const Outlier> excluded, std::size_t unit);

// Whether a unit speaks against head: one of head that was slow, or of base that was fast.
bool is_against_head(const TwoWayData& data, const Outlier& one);

// Whether those against head may be so by its own doing: they are more than one, or one of few.
bool may_be_heads_own(const TwoWayData& data, std::span<const Outlier> excluded);

// What the units against head would add to a case's change, less what those for it would, of which none
// counts for more than those against it do; at least 0.
double excluded_change(const TwoWayData& data, std::size_t c, std::span<const Outlier> excluded);

}  // namespace warpgauge
