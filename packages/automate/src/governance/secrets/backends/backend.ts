/** A place outside of the database that holds values of secrets. */
export interface SecretBackend {
  /** What is wrong with the part behind `scheme://`, for the moment it is saved. */
  check(path: string): string | undefined;
  /** @throws AppError `secret_unavailable`, `secret_not_found` */
  read(path: string): Promise<string>;
}

/** A value has at most this many bytes. */
export const MAXIMUM_VALUE_BYTES = 65_536;
