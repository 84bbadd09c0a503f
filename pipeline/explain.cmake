# From what the service said to what it means, with the item's own measured values. Opens no media.
add_library(tokprep_explain STATIC
  ${CMAKE_CURRENT_LIST_DIR}/certificate_index.cpp
  ${CMAKE_CURRENT_LIST_DIR}/explain.cpp
  ${CMAKE_CURRENT_LIST_DIR}/explain_post.cpp
  ${CMAKE_CURRENT_LIST_DIR}/item_evidence.cpp
  ${CMAKE_CURRENT_LIST_DIR}/refusal_rules.cpp)
target_link_libraries(tokprep_explain PUBLIC tokprep_codecs tokprep_decide tokprep_publish tokprep_upload)
