// What the tests of compare/input share: reading text and files of testdata, and what a call complains about.
#pragma once

#include <string>
#include <string_view>

#include "base/text.h"
#include "compare/input/metric.h"
#include "compare/input/reader.h"
#include "tests/base/complaint.h"

namespace warpgauge {

inline std::string testdata_path(const std::string& name) {
  return std::string(WARPGAUGE_TESTDATA) + "/input/" + name;
}

// As `name`, so that diagnostics do not depend on where the tree is.
inline Process read_testdata(const std::string& name, const ReadOptions& options = {}) {
  return parse_process(read_file(testdata_path(name)), name, options);
}

inline Process parse(std::string_view text, const ReadOptions& options = {}) {
  return parse_process(text, "f.json", options);
}

inline ReadOptions with_metric(const char* name) {
  ReadOptions options;
  options.metric = make_metric(name, Better::lower);  // which way is of no concern to a reader
  return options;
}

inline ReadOptions with_filter(const char* expression) {
  ReadOptions options;
  options.filter = NameFilter(expression);
  return options;
}

}  // namespace warpgauge
