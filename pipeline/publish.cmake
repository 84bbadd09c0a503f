# From finished files to a post, at most once; and from folders to items. Opens no media.
add_library(tokprep_publish STATIC
  ${CMAKE_CURRENT_LIST_DIR}/carousel.cpp
  ${CMAKE_CURRENT_LIST_DIR}/content_key.cpp
  ${CMAKE_CURRENT_LIST_DIR}/folder.cpp
  ${CMAKE_CURRENT_LIST_DIR}/folder_names.cpp
  ${CMAKE_CURRENT_LIST_DIR}/folder_scan.cpp
  ${CMAKE_CURRENT_LIST_DIR}/folder_settle.cpp
  ${CMAKE_CURRENT_LIST_DIR}/folder_sidecars.cpp
  ${CMAKE_CURRENT_LIST_DIR}/folder_walk.cpp
  ${CMAKE_CURRENT_LIST_DIR}/host_media.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ledger.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ledger_schema.cpp
  ${CMAKE_CURRENT_LIST_DIR}/output_stems.cpp
  ${CMAKE_CURRENT_LIST_DIR}/too_many.cpp
  ${CMAKE_CURRENT_LIST_DIR}/publish.cpp
  ${CMAKE_CURRENT_LIST_DIR}/reconcile.cpp
  ${CMAKE_CURRENT_LIST_DIR}/settled_post.cpp
  ${CMAKE_CURRENT_LIST_DIR}/sqlite.cpp)
target_link_libraries(tokprep_publish PUBLIC tokprep_codecs tokprep_decide tokprep_upload PRIVATE SQLite::SQLite3)
