/** The scripts: each hands the words to `interchange complete`, and offers what that prints, a word and a text a line. */

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

const bash = `_interchange() {
  local IFS=$'\\n'
  COMPREPLY=($(interchange complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _interchange interchange
`;

const zsh = `#compdef interchange
_interchange() {
  local -a found
  local line
  for line in "\${(@f)$(interchange complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( \${#found} )) && _describe interchange found || _files
}
compdef _interchange interchange
`;

const fish = `function __interchange_complete
  set -l words (commandline -opc) (commandline -ct)
  interchange complete -- $words[2..] 2>/dev/null
end
complete -c interchange -a '(__interchange_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash, zsh, fish };
