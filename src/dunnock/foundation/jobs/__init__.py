"""Work that is done after the commit that asked for it, surviving any crash: the job table, its worker, its schedule."""
