/** Telephone numbers as they stand on a screen that others may see. */

/** `138****2617`; short numbers keep their last three digits, very short ones (110) stay whole. */
export function maskedPhone(number: string): string {
  if (number.length >= 11) return `${number.slice(0, 3)}****${number.slice(-4)}`
  if (number.length <= 4) return number
  return `${'*'.repeat(number.length - 3)}${number.slice(-3)}`
}
