#pragma once
// The SoX resampler library: https://sourceforge.net/projects/soxr/
#include <soxr.h>
