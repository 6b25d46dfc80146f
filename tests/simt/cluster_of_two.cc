// Must not compile: clusters are not supported.
#include "kernels/simt/simt.h"

SIMT_CLUSTER(2, 1, 1);
