"""Facts and rules of the job. Standard library only: no Qt, no I/O, no clock but the injected one."""
