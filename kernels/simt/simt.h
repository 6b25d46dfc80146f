// Includes all primitives for a device kernel. Each has two bodies: PTX for nvcc, and the emulator for the
// host compiler. README.md shows a kernel.
#pragma once

#include "kernels/simt/async_copy.h"
#include "kernels/simt/atomic.h"
#include "kernels/simt/barrier.h"
#include "kernels/simt/ids.h"
#include "kernels/simt/launch.h"
#include "kernels/simt/math.h"
#include "kernels/simt/matrix.h"
#include "kernels/simt/mbarrier.h"
#include "kernels/simt/shared.h"
#include "kernels/simt/tma.h"
#include "kernels/simt/vector.h"
#include "kernels/simt/warp.h"
#include "kernels/simt/warpgroup.h"
#include "kernels/simt/wgmma.h"
