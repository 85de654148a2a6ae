/* The commands of rlxc, one file each (command_NAME.c); main.c dispatches by a table. argv[0] is
 * the command's name. The result is the exit status: 0 done, 1 the user's mistake (reported on
 * stderr), 2 wrong usage.
 */
#ifndef RLXC_COMMAND_H
#define RLXC_COMMAND_H

int command_build(int argc, char **argv);
int command_plan(int argc, char **argv);
int command_inspect(int argc, char **argv);
int command_opt(int argc, char **argv);
int command_eval(int argc, char **argv);

#endif
