# SPDX-License-Identifier: GPL-3.0-or-later
# Every dependency with its purpose. Packages for Debian 12 are listed in packaging/dependencies.txt.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenCV REQUIRED COMPONENTS core imgproc imgcodecs) # decoding, drawing, geometry; never highgui: it loads Qt 5
find_package(JPEG REQUIRED)                                     # CMYK pictures with PIL's rounding
find_package(TBB REQUIRED)                                      # data-parallel loops of the numeric core
pkg_check_modules(HWY REQUIRED IMPORTED_TARGET libhwy)          # SIMD score kernels with run-time dispatch
find_package(HDF5 REQUIRED COMPONENTS C)                        # SegmentMeIfYouCan's score maps
find_package(ZLIB REQUIRED)                                     # .npz members and zip checkpoints
find_package(OpenSSL REQUIRED COMPONENTS Crypto)                # SHA-256 fingerprints
find_package(nlohmann_json 3.11 REQUIRED)                       # sessions, sidecars, results
find_package(CLI11 REQUIRED)                                    # command line
find_package(Torch REQUIRED)                                    # networks and training; CMAKE_PREFIX_PATH chooses another one
if(OODSCOPE_SANITIZER STREQUAL "thread" AND NOT EXISTS ${CMAKE_SOURCE_DIR}/build/onetbb/instrumented/lib/libtbb.so)
  message(WARNING "Debian's oneTBB is not instrumented: what its loops hand back will be reported as races. "
                  "packaging/tsan.sh builds one that is, for the tests to run with.")
endif()
if(OODSCOPE_BUILD_WINDOW)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Widgets OpenGL OpenGLWidgets PrintSupport Svg Test)
  find_package(QCustomPlotQt6 REQUIRED)                         # plots
  find_package(VTK 9.1 REQUIRED COMPONENTS CommonCore CommonDataModel CommonColor CommonTransforms RenderingCore
               RenderingOpenGL2 RenderingUI RenderingFreeType RenderingAnnotation InteractionStyle InteractionWidgets
               FiltersCore FiltersGeneral FiltersGeometry FiltersSources ImagingCore IOImage IOGeometry IOExport IOXML)
endif()
if(OODSCOPE_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
if(OODSCOPE_BUILD_BENCH)
  find_package(benchmark REQUIRED)
endif()

# Torch's and OpenCV's headers warn under the project's flags: as system headers they do not.
add_library(oodscope_torch INTERFACE)
add_library(oodscope::torch ALIAS oodscope_torch)
target_link_libraries(oodscope_torch INTERFACE ${TORCH_LIBRARIES})
target_include_directories(oodscope_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
# Some of its classes have more members where NDEBUG is not defined (at::RecordFunction); the library was built with it.
target_compile_definitions(oodscope_torch INTERFACE NDEBUG)
add_library(oodscope_opencv INTERFACE)
add_library(oodscope::opencv ALIAS oodscope_opencv)
target_link_libraries(oodscope_opencv INTERFACE opencv_core opencv_imgproc opencv_imgcodecs)
target_include_directories(oodscope_opencv SYSTEM INTERFACE ${OpenCV_INCLUDE_DIRS})
