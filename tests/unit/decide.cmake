tokprep_test(decide_test unit
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/decide/bit_rate_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/decide/check_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/decide/colour_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/decide/frame_rate_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/decide/geometry_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/decide/photo_canvas_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/decide/plan_image_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/decide/plan_refusal_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/decide/plan_sound_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/decide/plan_time_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/decide/plan_video_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/decide/rules_test.cpp
  LIBS tokprep_decide)
