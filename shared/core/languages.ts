/**
 * Codes that name the same language: ISO 639-1, then ISO 639-2 bibliographic and terminological
 * where they differ (https://www.loc.gov/standards/iso639-2). Containers use all of them.
 */
const languages = [
  ...['ar ara', 'bg bul', 'bn ben', 'ca cat', 'cs cze ces', 'cy wel cym', 'da dan', 'de ger deu'],
  ...['el gre ell', 'en eng', 'es spa', 'et est', 'eu baq eus', 'fa per fas', 'fi fin'],
  ...['fr fre fra', 'ga gle', 'gl glg', 'he heb', 'hi hin', 'hr hrv', 'hu hun', 'hy arm hye'],
  ...['id ind', 'is ice isl', 'it ita', 'ja jpn', 'ka geo kat', 'ko kor', 'lt lit', 'lv lav'],
  ...['mk mac mkd', 'ms may msa', 'nb nob', 'nl dut nld', 'nn nno', 'no nor', 'pl pol', 'pt por'],
  ...['ro rum ron', 'ru rus', 'sk slo slk', 'sl slv', 'sq alb sqi', 'sr srp', 'sv swe', 'ta tam'],
  ...['te tel', 'th tha', 'tr tur', 'uk ukr', 'ur urd', 'vi vie', 'zh chi zho'],
].map((codes) => codes.split(' '));

/**
 * Whether two codes name one language, in either case; what follows a hyphen (RFC 5646: a region
 * or a script) is not looked at. Codes that are not common ones equal only themselves.
 */
export function isSameLanguage(one: string, other: string): boolean {
  const [first, second] = [primary(one), primary(other)];
  return first === second || languages.some((l) => l.includes(first) && l.includes(second));
}

function primary(code: string): string {
  return code.toLowerCase().replace(/-.*$/s, '');
}
