# Completion of cairn for fish, made by: cairn completion fish

# The commands by path, and PATH:OPTION for each option that takes a value (those of every command without a path).
@LISTS@

# Where the cursor stands: the path of the command, and how many operands it has so far.
function __cairn_place
    set -l path
    set -l count 0
    set -l pending 0
    set -l plain 0
    set -l tokens (commandline -opc)
    for token in $tokens[2..-1]
        if test $pending = 1
            set pending 0
        else if test $plain = 1
            set count (math $count + 1)
        else if test "$token" = --
            set plain 1
        else if string match -q -- '-?*' $token
            if contains -- "$path:$token" $__cairn_valued; or contains -- ":$token" $__cairn_valued
                set pending 1
            end
        else if contains -- (string join ' ' $path $token) $__cairn_commands
            set path (string join ' ' $path $token)
        else
            set count (math $count + 1)
        end
    end
    echo "$path"
    echo $count
end

# Whether the cursor stands in command $argv[1], and behind $argv[2] operands or more, but no more than $argv[3].
function __cairn_at
    set -l place (__cairn_place)
    test "$place[1]" = "$argv[1]"; or return 1
    test (count $argv) -lt 2; or test $place[2] -ge $argv[2]; or return 1
    test (count $argv) -lt 3; or test $place[2] -le $argv[3]
end

# Runs 'cairn complete' with $argv and with what on the line says which repository is meant, or which key opens it.
function __cairn_ask
    set -l tokens (commandline -opc)
    set -l options -r --repo -P --profile --config --key-file --password-file --password-command --recovery-code-file
    set -l asked
    for i in (seq 2 (count $tokens))
        set -l parts (string split -m 1 = -- $tokens[$i])
        if contains -- $tokens[$i] $options; and test $i -lt (count $tokens)
            set -a asked $tokens[$i] (string replace -r '^~/' "$HOME/" -- $tokens[(math $i + 1)])
        else if test (count $parts) = 2; and contains -- $parts[1] $options
            set -a asked $parts[1] (string replace -r '^~/' "$HOME/" -- $parts[2])
        end
    end
    set -l program (string replace -r '^~/' "$HOME/" -- $tokens[1])
    $program complete $argv[1] $asked $argv[2..-1] 2>/dev/null </dev/null
end

# The names of kind $argv[1] that the repository has.
function __cairn_names
    __cairn_ask $argv[1]
end

# The snapshots and, behind a colon, the paths in one.
function __cairn_places
    __cairn_ask places -- (string unescape -- (commandline -ct); or commandline -ct)
end

complete -c cairn -f
@COMMANDS@
