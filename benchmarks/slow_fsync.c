/* A slow disk: every fsync and fdatasync takes 3 ms more. For LD_PRELOAD. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void wait_3_ms(void)
{
    struct timespec left = {0, 3000000};
    while (nanosleep(&left, &left) != 0)
        ;
}

int fsync(int file)
{
    wait_3_ms();
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file)
{
    wait_3_ms();
    return (int)syscall(SYS_fdatasync, file);
}
