# The deciding half of the pipeline: rules, findings, plans. Pure functions over plain data; no I/O, no media.
add_library(tokprep_decide STATIC
  ${CMAKE_CURRENT_LIST_DIR}/audio_track.cpp
  ${CMAKE_CURRENT_LIST_DIR}/bit_rate.cpp
  ${CMAKE_CURRENT_LIST_DIR}/colour.cpp
  ${CMAKE_CURRENT_LIST_DIR}/frame_rate.cpp
  ${CMAKE_CURRENT_LIST_DIR}/geometry.cpp
  ${CMAKE_CURRENT_LIST_DIR}/photo_canvas.cpp
  ${CMAKE_CURRENT_LIST_DIR}/photo_verdicts.cpp
  ${CMAKE_CURRENT_LIST_DIR}/plan.cpp
  ${CMAKE_CURRENT_LIST_DIR}/plan_image.cpp
  ${CMAKE_CURRENT_LIST_DIR}/plan_notes.cpp
  ${CMAKE_CURRENT_LIST_DIR}/plan_refusals.cpp
  ${CMAKE_CURRENT_LIST_DIR}/plan_text.cpp
  ${CMAKE_CURRENT_LIST_DIR}/plan_video.cpp
  ${CMAKE_CURRENT_LIST_DIR}/recipes.cpp
  ${CMAKE_CURRENT_LIST_DIR}/time_range.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules/check.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules/check_container.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules/check_image.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules/check_video.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules/judge.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules/measure.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules/rule_table.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules/rules.cpp
  ${CMAKE_CURRENT_LIST_DIR}/rules/shapes.cpp)
target_link_libraries(tokprep_decide PUBLIC tokprep_codecs)
