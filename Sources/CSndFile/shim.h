#pragma once
// libsndfile: http://www.mega-nerd.com/libsndfile/api.html
#include <sndfile.h>
