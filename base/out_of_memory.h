// Ends a program that has no memory left with a message and an exit code of its own.
#pragma once

#include <string_view>

namespace warpgauge {

// Call it first in main(). `complaint` is a whole line, and outlives the program's use of it.
//
// The first allocation that fails gets a reserve of 1 MiB, and is tried again. If that is not enough,
// std::bad_alloc is thrown, and destructors find the reserve: some of nlohmann/json allocate. If one still
// fails there, or in another function that must not throw, the program writes the complaint and ends with
// `exit_code`, without abort().
void prepare_for_out_of_memory(std::string_view complaint, int exit_code);

// Writes the complaint. Returns the exit code. For main(), after it caught std::bad_alloc.
[[nodiscard]] int complain_of_memory();

}  // namespace warpgauge
