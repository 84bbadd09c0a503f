# From finished files to a post, at most once; and from folders to items. Opens no media.
add_library(tokprep_publish STATIC
  ${CMAKE_CURRENT_LIST_DIR}/calendar.cpp
  ${CMAKE_CURRENT_LIST_DIR}/caps.cpp
  ${CMAKE_CURRENT_LIST_DIR}/carousel.cpp
  ${CMAKE_CURRENT_LIST_DIR}/content_key.cpp
  ${CMAKE_CURRENT_LIST_DIR}/csv.cpp
  ${CMAKE_CURRENT_LIST_DIR}/duplicate_text.cpp
  ${CMAKE_CURRENT_LIST_DIR}/file_end.cpp
  ${CMAKE_CURRENT_LIST_DIR}/folder.cpp
  ${CMAKE_CURRENT_LIST_DIR}/folder_names.cpp
  ${CMAKE_CURRENT_LIST_DIR}/folder_scan.cpp
  ${CMAKE_CURRENT_LIST_DIR}/folder_settle.cpp
  ${CMAKE_CURRENT_LIST_DIR}/folder_sidecars.cpp
  ${CMAKE_CURRENT_LIST_DIR}/folder_walk.cpp
  ${CMAKE_CURRENT_LIST_DIR}/noted_item.cpp
  ${CMAKE_CURRENT_LIST_DIR}/own_results.cpp
  ${CMAKE_CURRENT_LIST_DIR}/history_note.cpp
  ${CMAKE_CURRENT_LIST_DIR}/host_media.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ledger.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ledger_accounts.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ledger_check.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ledger_claim.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ledger_database.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ledger_history.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ledger_posts.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ledger_rows.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ledger_schema.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ledger_types.cpp
  ${CMAKE_CURRENT_LIST_DIR}/ledger_view.cpp
  ${CMAKE_CURRENT_LIST_DIR}/manifest.cpp
  ${CMAKE_CURRENT_LIST_DIR}/manifest_bytes.cpp
  ${CMAKE_CURRENT_LIST_DIR}/open_writers.cpp
  ${CMAKE_CURRENT_LIST_DIR}/output_stems.cpp
  ${CMAKE_CURRENT_LIST_DIR}/placement.cpp
  ${CMAKE_CURRENT_LIST_DIR}/publish.cpp
  ${CMAKE_CURRENT_LIST_DIR}/reconcile.cpp
  ${CMAKE_CURRENT_LIST_DIR}/settled_post.cpp
  ${CMAKE_CURRENT_LIST_DIR}/source_mark.cpp
  ${CMAKE_CURRENT_LIST_DIR}/sqlite.cpp
  ${CMAKE_CURRENT_LIST_DIR}/time_zone.cpp
  ${CMAKE_CURRENT_LIST_DIR}/too_many.cpp
  ${CMAKE_CURRENT_LIST_DIR}/withdraw.cpp)
target_link_libraries(tokprep_publish PUBLIC tokprep_codecs tokprep_decide tokprep_upload
                                      PRIVATE SQLite::SQLite3 date::date-tz)
