/** Micro-dollars as a decimal number of dollars, exactly: `1500000` is `1.500000`. */
export function dollars(micros: number): string {
  const digits = String(micros).padStart(7, "0");
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
