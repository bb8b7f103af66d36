#pragma once
// OpenBLAS: https://www.openblas.net, CBLAS interface plus its thread controls.
#include <cblas.h>
