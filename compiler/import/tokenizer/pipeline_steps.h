/* Published normalizers that are several steps of a pipeline, and the sets of characters that they
 * name. In: the flags of the published component, and where it stands (for messages). Out: steps of
 * vocabulary.h, after those that the pipeline has.
 *
 * The tokenizers library (0.23.3) has properties of characters from three versions of Unicode:
 *   version 8    the categories that BertNormalizer asks for (Mn, Cc, Cf, Co)
 *   version 9    normalization forms, and the marks that StripAccents removes
 *   version 17   lower-case mappings
 * A character that a version does not have is unassigned there: it is no mark, no control
 * character, and no form changes it.
 */
#ifndef RLXC_PIPELINE_STEPS_H
#define RLXC_PIPELINE_STEPS_H

#include "compiler/import/vocabulary.h"

/* BertNormalizer. Each flag adds steps, in this order:
 *   clean          removes U+FFFD and every Cc, Cf and Co but \t, \n and \r; then every white space
 *                  (as Rust's char::is_whitespace) becomes a space
 *   ideographs     a space on each side of a CJK ideograph: 3400-4DBF 4E00-9FFF F900-FAFF
 *                  20000-2A6DF 2A700-2B81F 2B920-2CEAF 2F800-2FA1F (without 2B820-2B91F, as there)
 *   strip_accents  NFD, then removes every Mn; null in a description means the value of `lowercase`
 *   lowercase      each character becomes its full lower-case mapping
 */
void pipeline_add_bert_normalizer(struct vocabulary *v, struct arena *a, const char *object,
                                  bool clean, bool ideographs, bool strip_accents, bool lowercase);

/* StripAccents: removes every combining mark (Mn, Mc, Me). It does not decompose. */
void pipeline_add_strip_accents(struct vocabulary *v, struct arena *a, const char *object);

/* Nmt: removes 1-8 B E-1F 7F 8F 9F; 9 A C D 1680 200B-200F 2028 2029 2581 FEFF FFFD become a
 * space. */
void pipeline_add_nmt(struct vocabulary *v, struct arena *a, const char *object);

/* ---- properties of code points ---- */

/* False for characters that Unicode version 8 or 9 has. Above, true only for those that some
 * normalizer may change: marks, format characters, and characters that decompose or compose. */
bool unicode_newer_than(uint32_t point, int version);
bool unicode_is_ideograph(uint32_t point);   /* the set of BertNormalizer, above */
bool unicode_is_white_space(uint32_t point); /* the property White_Space, as Rust has it */

#endif
