// Must not compile: what a kernel that needs clusters would say.
#include "kernels/simt/simt.h"

SIMT_CLUSTER(2, 1, 1);
