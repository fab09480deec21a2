const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Whether a row could have this id. Anything else a person sends is absent, not an error. */
export function isId(text: string): boolean {
  return uuid.test(text);
}
