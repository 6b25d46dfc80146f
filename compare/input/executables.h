// Which benchmark executable each result file is of. A suite of several executables may use one name in two
// of them; then the cases are distinguished by the name of the executable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace warpgauge {

struct ResultOrigin {
  std::string executable;  // as the file names it; empty if it does not
  std::string file;
};

// [file]: the name of its executable, without directories and without .exe; empty if unknown.
struct ExecutableNames {
  std::vector<std::string> base, head;
  std::vector<std::string> remarks;  // about executables that cannot be distinguished
};

// Executables with one name in different directories of one side get the shortest suffix of their paths that
// distinguishes them: "sort/bench". If no such suffix of base occurs in head, the directories mean nothing,
// and the name alone counts. Base and head are usually built in different directories.
//
// Files that name no executable are distinguished by their own names, without the number of a process
// ("sort-2.json" is of "sort"), if base and head have the same names, and more than one.
[[nodiscard]] ExecutableNames name_executables(const std::vector<ResultOrigin>& base,
                                               const std::vector<ResultOrigin>& head);

// The executable that a result file of any format names; empty if it names none or is not valid. Reads only
// the beginning of the text, where the writers put it.
[[nodiscard]] std::string executable_in(std::string_view text);

// "sort_bench:BM_Sort/8"
[[nodiscard]] std::string qualified_name(std::string_view executable, std::string_view name);

}  // namespace warpgauge
