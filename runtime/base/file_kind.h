/* The kind of file at a path, judged by its first bytes: advice for people who name the wrong
 * file. */
#ifndef RLX_FILE_KIND_H
#define RLX_FILE_KIND_H

enum file_kind {
    FILE_UNKNOWN, /* or there is no file */
    FILE_ARTIFACT,
    FILE_PROGRAM, /* a program that carries an artifact */
    FILE_SESSION,
    FILE_GGUF,
    FILE_SAFETENSORS,
    FILE_MODEL_DIRECTORY, /* with a config.json */
    FILE_GRAPH,           /* a graph in text form */
    FILE_SOURCE_FOLDER,   /* a model as C source, by rlxc build --emit=c */
};

enum file_kind file_kind(const char *path);

#endif
