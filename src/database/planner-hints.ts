const lookUps = 'set local plan_cache_mode = force_generic_plan';

/**
 * The planner cannot know the plan's and staging's rows, which were written a moment ago, nor how many rows a part of
 * a statement hands to the next; it believes in one. Measured on chunks of 5,000: 15 s without these, 0.3 s with them.
 */
export const plannerHints = {
  // Each record is one look-up. Of a tenant that was small when the table was last analysed the planner expects one row
  // by whatever index, and takes any that begins with the tenant: beside 400,000 customers of others, 500 e-mail
  // addresses went through a tenant's 10,000 once each, 2.4 s. A plan that is made for no tenant in particular expects
  // a tenant's share, and takes the index of the value.
  lookUps,
  // A chunk's few rows are looked up, and never sought by reading a table whole; nor by an index of many columns that is
  // asked for the tenant alone. The planner takes that for a table which was empty when it was last analysed, as an undo
  // leaves it, and does so even to find whom a foreign key means: 20,000 customers took 100 s after an undo, and 3 s
  // with this.
  chunk: `set local enable_seqscan = off; set local enable_bitmapscan = off; set local work_mem = '32MB'; ${lookUps}`,
  // What the insert gave back is joined to the chunk's rows by hashing.
  create: 'set local enable_nestloop = off',
  // After that every record is one look-up again: an order of one customer read all 300,000 of the tenant otherwise.
  created: 'set local enable_nestloop = on',
} as const;
