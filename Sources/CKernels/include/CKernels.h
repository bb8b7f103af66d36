#pragma once
// Ausculta's C kernels: every routine has a scalar reference and, where it pays, AVX2+FMA and NEON twins behind one
// run-time dispatch (ck_dispatch.h).
#include "ck_dispatch.h"
#include "ck_fft.h"
#include "ck_moments.h"
#include "ck_attention.h"
#include "ck_dot_product.h"
#include "ck_elementwise.h"
#include "ck_few_rows.h"
#include "ck_file_pages.h"
#include "ck_image.h"
#include "ck_layer_norm.h"
#include "ck_panel_bf16.h"
#include "ck_panel_int16.h"
#include "ck_panel_product.h"
#include "ck_peak.h"
#include "ck_sha256.h"
#include "ck_strassen.h"
