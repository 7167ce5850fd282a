"""The programs that the scripted model puts onto the canvas, in every language that code can be ported to.

A line's first two characters tell when it stands: ``= `` always, ``# `` with comments, ``> `` with logs, ``! `` while the mistake is in it,
``? `` once it is mended.
"""

from __future__ import annotations

from canvas_tui.core.frozen import frozen


@frozen
class Program:
    title: str
    keywords: tuple[str, ...]
    sources: dict[str, str]


FIBONACCI = Program(
    "Fibonacci Numbers",
    ("fibonacci", "number", "numbers", "sequence", "math"),
    {
        "python": """\
# # Numbers of Fibonacci: each is the sum of the two before it.
> import logging
>
= from collections.abc import Iterator
=
=
= def fibonacci(limit: int) -> Iterator[int]:
#     # Two neighbours are enough to go on from.
=     a, b = 0, 1
!     while a <= limit:
?     while a < limit:
>         logging.info("next: %d", a)
=         yield a
=         a, b = b, a + b
=
=
= if __name__ == "__main__":
>     logging.basicConfig(level=logging.INFO)
#     # Those below a hundred, on one line.
=     print(*fibonacci(100))
""",
        "typescript": """\
# // Numbers of Fibonacci: each is the sum of the two before it.
= export function* fibonacci(limit: number): Generator<number> {
#   // Two neighbours are enough to go on from.
=   let [a, b] = [0, 1];
!   while (a <= limit) {
?   while (a < limit) {
>     console.info(`next: ${a}`);
=     yield a;
=     [a, b] = [b, a + b];
=   }
= }
=
# // Those below a hundred, on one line.
= console.log(...fibonacci(100));
""",
        "javascript": """\
# // Numbers of Fibonacci: each is the sum of the two before it.
= function* fibonacci(limit) {
#   // Two neighbours are enough to go on from.
=   let [a, b] = [0, 1];
!   while (a <= limit) {
?   while (a < limit) {
>     console.info(`next: ${a}`);
=     yield a;
=     [a, b] = [b, a + b];
=   }
= }
=
# // Those below a hundred, on one line.
= console.log(...fibonacci(100));
""",
        "cpp": """\
# // Numbers of Fibonacci: each is the sum of the two before it.
= #include <iostream>
= #include <vector>
=
= std::vector<int> fibonacci(int limit) {
=     std::vector<int> found;
#     // Two neighbours are enough to go on from.
!     for (int a = 0, b = 1; a <= limit;) {
?     for (int a = 0, b = 1; a < limit;) {
>         std::clog << "next: " << a << '\\n';
=         found.push_back(a);
=         int next = a + b;
=         a = b;
=         b = next;
=     }
=     return found;
= }
=
= int main() {
#     // Those below a hundred, on one line.
=     for (int number : fibonacci(100)) std::cout << number << ' ';
=     std::cout << '\\n';
= }
""",
        "java": """\
# // Numbers of Fibonacci: each is the sum of the two before it.
= import java.util.ArrayList;
= import java.util.List;
> import java.util.logging.Logger;
=
= public class Fibonacci {
>     private static final Logger LOG = Logger.getLogger("fibonacci");
>
=     static List<Integer> below(int limit) {
=         List<Integer> found = new ArrayList<>();
#         // Two neighbours are enough to go on from.
=         int a = 0, b = 1;
!         while (a <= limit) {
?         while (a < limit) {
>             LOG.info("next: " + a);
=             found.add(a);
=             int next = a + b;
=             a = b;
=             b = next;
=         }
=         return found;
=     }
=
=     public static void main(String[] args) {
#         // Those below a hundred, on one line.
=         System.out.println(below(100));
=     }
= }
""",
        "php": """\
= <?php
# // Numbers of Fibonacci: each is the sum of the two before it.
= function fibonacci(int $limit): Generator
= {
#     // Two neighbours are enough to go on from.
=     [$a, $b] = [0, 1];
!     while ($a <= $limit) {
?     while ($a < $limit) {
>         error_log("next: $a");
=         yield $a;
=         [$a, $b] = [$b, $a + $b];
=     }
= }
=
# // Those below a hundred, on one line.
= echo implode(' ', iterator_to_array(fibonacci(100), false)), PHP_EOL;
""",
        "rust": """\
# // Numbers of Fibonacci: each is the sum of the two before it.
= fn fibonacci(limit: u64) -> Vec<u64> {
=     let mut found = Vec::new();
#     // Two neighbours are enough to go on from.
=     let (mut a, mut b) = (0, 1);
!     while a <= limit {
?     while a < limit {
>         eprintln!("next: {a}");
=         found.push(a);
=         (a, b) = (b, a + b);
=     }
=     found
= }
=
= fn main() {
#     // Those below a hundred, one a line.
=     for number in fibonacci(100) {
=         println!("{number}");
=     }
= }
""",
        "html": """\
= <!doctype html>
= <html lang="en">
# <!-- Numbers of Fibonacci: each is the sum of the two before it. -->
= <title>Fibonacci Numbers</title>
= <ol id="numbers"></ol>
= <script>
#   // Two neighbours are enough to go on from.
=   let [a, b] = [0, 1];
!   while (a <= 100) {
?   while (a < 100) {
>     console.info(`next: ${a}`);
=     const item = document.createElement("li");
=     item.textContent = a;
=     document.getElementById("numbers").append(item);
=     [a, b] = [b, a + b];
=   }
= </script>
= </html>
""",
        "sql": """\
# -- Numbers of Fibonacci: each is the sum of the two before it.
= WITH RECURSIVE fibonacci (a, b) AS (
#     -- Two neighbours are enough to go on from.
=     SELECT 0, 1
=     UNION ALL
!     SELECT b, a + b FROM fibonacci WHERE b <= 100
?     SELECT b, a + b FROM fibonacci WHERE b < 100
= )
> -- log: EXPLAIN ANALYZE shows each step
# -- Those below a hundred, one a row.
= SELECT a FROM fibonacci;
""",
    },
)

WORDS = Program(
    "Word Counter",
    ("word", "words", "count", "counter", "text", "file", "string"),
    {
        "python": '''\
# """How often each word stands in a text."""
= import re
= import sys
> import logging
= from collections import Counter
=
=
= def count(text: str) -> Counter[str]:
#     # Letters only, and "The" is "the".
!     words = re.findall(r"\\w+", text)
?     words = re.findall(r"\\w+", text.lower())
>     logging.info("%d words", len(words))
=     return Counter(words)
=
=
= for word, times in count(sys.stdin.read()).most_common(10):
=     print(f"{times:6} {word}")
''',
        "typescript": """\
# // How often each word stands in a text.
= export function count(text: string): Map<string, number> {
=   const found = new Map<string, number>();
#   // Letters only, and "The" is "the".
!   for (const [word] of text.matchAll(/\\w+/g)) {
?   for (const [word] of text.toLowerCase().matchAll(/\\w+/g)) {
=     found.set(word, (found.get(word) ?? 0) + 1);
=   }
>   console.info(`${found.size} words`);
=   return found;
= }
""",
        "javascript": """\
# // How often each word stands in a text.
= export function count(text) {
=   const found = new Map();
#   // Letters only, and "The" is "the".
!   for (const [word] of text.matchAll(/\\w+/g)) {
?   for (const [word] of text.toLowerCase().matchAll(/\\w+/g)) {
=     found.set(word, (found.get(word) ?? 0) + 1);
=   }
>   console.info(`${found.size} words`);
=   return found;
= }
""",
        "cpp": """\
# // How often each word stands in a text.
= #include <algorithm>
= #include <cctype>
= #include <iostream>
= #include <map>
= #include <string>
=
= int main() {
=     std::map<std::string, int> found;
=     for (std::string word; std::cin >> word;) {
#         // "The" is "the".
?         std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
=         ++found[word];
=     }
>     std::clog << found.size() << " words\\n";
=     for (const auto& [word, times] : found) std::cout << times << ' ' << word << '\\n';
= }
""",
        "java": """\
# // How often each word stands in a text.
= import java.util.Arrays;
= import java.util.Map;
> import java.util.logging.Logger;
= import java.util.stream.Collectors;
=
= public class Words {
=     static Map<String, Long> count(String text) {
#         // Letters only, and "The" is "the".
!         var words = Arrays.stream(text.split("\\\\W+"));
?         var words = Arrays.stream(text.toLowerCase().split("\\\\W+"));
>         Logger.getLogger("words").info(text.length() + " letters");
=         return words.collect(Collectors.groupingBy(word -> word, Collectors.counting()));
=     }
= }
""",
        "php": """\
= <?php
# // How often each word stands in a text.
= function count_words(string $text): array
= {
#     // Letters only, and "The" is "the".
!     preg_match_all('/\\w+/u', $text, $found);
?     preg_match_all('/\\w+/u', mb_strtolower($text), $found);
>     error_log(count($found[0]) . ' words');
=     $counted = array_count_values($found[0]);
=     arsort($counted);
=     return $counted;
= }
""",
        "rust": """\
# // How often each word stands in a text.
= use std::collections::HashMap;
=
= pub fn count(text: &str) -> HashMap<String, usize> {
=     let mut found = HashMap::new();
#     // Letters only, and "The" is "the".
!     for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
?     for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
=         *found.entry(word.to_string()).or_insert(0) += 1;
=     }
>     eprintln!("{} words", found.len());
=     found
= }
""",
        "html": """\
= <!doctype html>
= <html lang="en">
# <!-- How often each word stands in a text. -->
= <title>Word Counter</title>
= <textarea id="text"></textarea>
= <pre id="words"></pre>
= <script>
=   document.getElementById("text").addEventListener("input", (event) => {
=     const found = {};
#     // Letters only, and "The" is "the".
!     for (const [word] of event.target.value.matchAll(/\\w+/g)) found[word] = (found[word] ?? 0) + 1;
?     for (const [word] of event.target.value.toLowerCase().matchAll(/\\w+/g)) found[word] = (found[word] ?? 0) + 1;
>     console.info(`${Object.keys(found).length} words`);
=     document.getElementById("words").textContent = JSON.stringify(found, null, 2);
=   });
= </script>
= </html>
""",
        "sql": """\
# -- How often each word stands in a text.
= SELECT word, count(*) AS times
# -- Letters only, and "The" is "the".
! FROM texts, regexp_split_to_table(body, '\\W+') AS word
? FROM texts, regexp_split_to_table(lower(body), '\\W+') AS word
> -- log: EXPLAIN ANALYZE shows each step
= GROUP BY word
= ORDER BY times DESC
= LIMIT 10;
""",
    },
)

PROGRAMS = (FIBONACCI, WORDS)
